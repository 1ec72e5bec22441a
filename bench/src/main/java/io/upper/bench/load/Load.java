package io.upper.bench.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * Clients of one server in a closed loop: each has one message in flight. They share one event-loop
 * thread, the same for every server, and are cheap, so that the server is what is measured.
 */
public interface Load extends AutoCloseable {

  /**
   * Runs the load, and returns when every message sent is answered.
   *
   * @throws IllegalStateException when a reply is wrong or missing
   */
  Result run(Duration duration) throws Exception;

  @Override
  void close();

  /**
   * The result of a run.
   *
   * @param bytes of the replies
   * @param latencyNanos from sending a message to the end of its reply
   */
  record Result(long messages, long bytes, Duration took, Histogram latencyNanos) {}
}
