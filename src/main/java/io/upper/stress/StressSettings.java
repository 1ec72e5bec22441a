package io.upper.stress;

import io.upper.client.ClientSettings;
import java.time.Duration;
import java.util.List;

/**
 * A load to put on a server.
 *
 * @param client where and how to connect
 * @param clients how many clients, each with a connection (or a socket) of its own
 * @param requests how many requests each client makes; 0: as many as there is time for
 * @param duration how long the clients go on; null: until each has made its requests
 * @param messages what a client sends, in turn; at least one, none empty
 * @param seed of everything random, so that a run can be repeated
 * @param reconnect whether each request has a connection of its own
 * @param ramp over how long the clients start
 * @param rate requests per second of all clients together, whether or not the server keeps up (open
 *     loop); 0: each client sends when it has its reply (closed loop)
 * @param poisson whether the requests of an open loop come at random, as those of independent
 *     people
 * @param warmup what is sent in this time from the start does not count
 * @param timeout how long a reply may take
 * @param shape how the clients behave
 * @param eventLoops of the load generator
 */
public record StressSettings(
    ClientSettings client,
    int clients,
    int requests,
    Duration duration,
    List<String> messages,
    long seed,
    boolean reconnect,
    Duration ramp,
    double rate,
    boolean poisson,
    Duration warmup,
    Duration timeout,
    Shape shape,
    int eventLoops) {

  /** The Python stress client's: a request for each word. */
  public static final List<String> WORDS =
      List.of("twenty", "tiny", "tigers", "take", "two", "taxis", "to", "town");

  /** Whether requests are sent by plan, not when the last reply has come. */
  public boolean openLoop() {
    return rate > 0;
  }
}
