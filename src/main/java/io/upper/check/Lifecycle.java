package io.upper.check;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the grader can do to a server that it has started. Used by the grader's thread, which it
 * blocks within the limits given; a start may take {@link StartedServer#START}.
 */
public interface Lifecycle {
  /** Sends SIGTERM to its main process. */
  void terminate();

  /** Sends SIGKILL to its main process. */
  void kill();

  /**
   * Waits until nothing is left of it: no process, and nobody who listens at its port.
   *
   * @return what is left after this time, in words; empty if nothing is
   */
  Optional<String> left(Duration limit) throws IOException;

  /**
   * Ends it, and starts it again at once, on the same port.
   *
   * @throws IOException in one line, if it does not listen again
   */
  void startAgain() throws IOException;

  /**
   * The same, with a limit of descriptors.
   *
   * @param spare how many more than it has open now
   * @throws NotApplicable if that is not to be had
   */
  void startAgain(int spare) throws NotApplicable;

  /**
   * Starts a second copy on the same port, and ends it.
   *
   * @return its exit status; empty if it still ran after this time
   * @throws IOException in one line, if it cannot be started
   */
  OptionalInt startSecond(Duration limit) throws IOException;

  /** Processor time of all its processes so far. */
  Duration cpu();

  /** Starts it again as it was if one of these methods was called. */
  void restore();
}
