package io.upper.model;

/** Requests in a flight recording, on a Java that can make one: its module is optional. */
public final class RequestRecording {
  private static final boolean POSSIBLE = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private RequestRecording() {}

  /** Whether this Java has the module for it. */
  public static boolean isPossible() {
    return POSSIBLE;
  }

  /** The recording as an observer; null when there is none. */
  public static RequestObserver ifEnabled() {
    return POSSIBLE ? RequestEvent.ifEnabled() : null;
  }

  /** Whether a recording asks for the starts of children. */
  static boolean wantsChildStarts() {
    return POSSIBLE && ChildStartEvent.isWanted();
  }

  /**
   * A child process has started, by {@link System#nanoTime}.
   *
   * @param began when it was asked for
   * @param ready when it was ready to read requests
   */
  static void childStarted(String worker, long began, long ready) {
    ChildStartEvent.record(worker, began, ready);
  }
}
