package io.upper.model;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * The start of a child process, as an event of Java Flight Recorder. It tells the lab how much of a
 * {@link RequestEvent} was the start of its worker. Recorded only while a recording runs.
 */
@Name(ChildStartEvent.NAME)
@Label("Child start")
@Category("Upper")
@Description("A child process started for a request; times are System.nanoTime")
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

  static boolean isEnabledInRecording() {
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
