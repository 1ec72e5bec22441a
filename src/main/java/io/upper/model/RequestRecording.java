package io.upper.model;

import jdk.jfr.FlightRecorder;

/** Java Flight Recorder's events of requests, if this Java has its optional module. */
public final class RequestRecording {
  private static final boolean POSSIBLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private RequestRecording() {}

  /** Whether this Java has Flight Recorder. */
  public static boolean isPossible() {
    return POSSIBLE;
  }

  /** Whether the recorder has been started, as by an option of Java. */
  public static boolean isRecorderRunning() {
    return POSSIBLE && FlightRecorder.isInitialized();
  }

  /** The recording as an observer, or null if none runs. */
  public static RequestObserver ifEnabled() {
    return POSSIBLE ? RequestEvent.ifEnabled() : null;
  }

  /** Whether a recording includes the start of child processes. */
  static boolean wantsChildStarts() {
    return POSSIBLE && ChildStartEvent.isEnabledInRecording();
  }

  /**
   * Records the start of a child process; times are {@link System#nanoTime}.
   *
   * @param began when the start began
   * @param ready when it was ready to read requests
   */
  static void childStarted(String worker, long began, long ready) {
    ChildStartEvent.record(worker, began, ready);
  }
}
