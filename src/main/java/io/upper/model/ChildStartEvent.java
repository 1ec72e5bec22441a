package io.upper.model;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The start of a child process in a Java Flight Recording. The lab reads from it how much of a
 * {@link RequestEvent} was the start of its worker. Without a recording none is made.
 */
@Name(ChildStartEvent.NAME)
@Label("Child start")
@Category("Upper")
@Description("A child process that was started for a request; stamps are of System.nanoTime")
@StackTrace(false)
public final class ChildStartEvent extends Event {
  public static final String NAME = "upper.ChildStart";

  @Label("Worker")
  String worker;

  @Label("Began")
  long began;

  @Label("Ready")
  long ready;

  private ChildStartEvent() {}

  static boolean isWanted() {
    return FlightRecorder.isInitialized() && new ChildStartEvent().isEnabled();
  }

  static void record(String worker, long began, long ready) {
    ChildStartEvent event = new ChildStartEvent();
    event.worker = worker;
    event.began = began;
    event.ready = ready;
    event.commit();
  }
}
