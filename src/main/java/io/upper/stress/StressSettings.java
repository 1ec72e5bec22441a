package io.upper.stress;

import io.upper.client.ClientSettings;
import java.time.Duration;
import java.util.List;

/**
 * The load to put on a server.
 *
 * @param client the settings for connecting
 * @param clients number of clients, each with its own connection or socket
 * @param requests number of requests per client; 0: unlimited, until {@code duration}
 * @param duration how long the clients send; null: until each has sent its requests
 * @param messages the messages a client sends in turn; at least one, none empty
 * @param seed seed of everything random, so a run can be repeated
 * @param reconnect whether each request uses a new connection
 * @param ramp period over which the clients start
 * @param rate requests per second of all clients together, whether or not the server keeps up (open
 *     loop); 0: each client sends after its previous reply (closed loop)
 * @param poisson whether the requests of an open loop are a Poisson process, like those of
 *     independent users
 * @param warmup period from the start whose requests do not count
 * @param timeout maximum time of a reply, and of connecting
 * @param shape behaviour of the clients
 * @param eventLoops number of event loops of the generator
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

  /** The messages of the Python stress client: one request per word. */
  public static final List<String> WORDS =
      List.of("twenty", "tiny", "tigers", "take", "two", "taxis", "to", "town");

  /** Whether requests are sent on schedule rather than after the previous reply. */
  public boolean openLoop() {
    return rate > 0;
  }
}
