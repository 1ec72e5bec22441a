package io.upper.model;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A request, as an event of Java Flight Recorder: {@code jfr print --events upper.Request FILE}
 * shows it, and the lab draws its timelines from it. Recorded only while a recording runs.
 */
@Name(RequestEvent.NAME)
@Label("Request")
@Category("Upper")
@Description("A request that was served; times are System.nanoTime")
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

  /** Called by {@link RequestRecording} only, since this class needs an optional module. */
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
