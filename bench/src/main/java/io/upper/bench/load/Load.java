package io.upper.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Clients of one server, in a closed loop: each has one message under way. Their event loop is one
 * thread, the same for every server, and cheap: what is measured is the server.
 */
public interface Load extends AutoCloseable {

  /**
   * Runs the load, and returns when all that was sent is answered.
   *
   * @throws IllegalStateException when a reply is wrong or missing
   */
  Result run(Duration duration) throws Exception;

  @Override
  void close();

  /**
   * What was done.
   *
   * @param bytes of the replies
   * @param latencyNanos from a message to its whole reply
   */
  record Result(long messages, long bytes, Duration took, Histogram latencyNanos) {}
}
