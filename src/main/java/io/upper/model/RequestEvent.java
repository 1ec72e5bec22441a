package io.upper.model;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A request in a Java Flight Recording: {@code jfr print --events upper.Request FILE} shows it, and
 * the lab reads its timelines from it. Without a recording none is made.
 */
@Name(RequestEvent.NAME)
@Label("Request")
@Category("Upper")
@Description("A request that was served; the stamps are System.nanoTime's")
@StackTrace(false)
public final class RequestEvent extends Event {
  public static final String NAME = "upper.Request";

  @Label("Client")
  String client;

  @Label("Worker")
  String worker;

  @Label("Bytes")
  int bytes;

  @Label("Arrived")
  long arrived;

  @Label("Started")
  long started;

  @Label("Ended")
  long ended;

  private RequestEvent() {}

  /** See {@link RequestRecording}, which does without this class where it cannot be loaded. */
  static RequestObserver ifEnabled() {
    return FlightRecorder.isInitialized() && new RequestEvent().isEnabled()
        ? RequestEvent::record
        : null;
  }

  private static void record(
      String client, String worker, int bytes, long arrived, long started, long ended) {
    RequestEvent event = new RequestEvent();
    event.client = client;
    event.worker = worker;
    event.bytes = bytes;
    event.arrived = arrived;
    event.started = started;
    event.ended = ended;
    event.commit();
  }
}
