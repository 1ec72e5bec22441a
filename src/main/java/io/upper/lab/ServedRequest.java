package io.upper.lab;

/**
 * One request of a run. Times are nanoseconds since the run's first request was sent; they rise in
 * this order.
 *
 * @param client its client, from 0
 * @param number its place among the client's requests, from 0
 * @param sent when the client sent it
 * @param assigned when it had a worker: until then it waited
 * @param started when the worker began to work on it; later than {@code assigned} only if a child
 *     process was started for it
 * @param ended when the server had its reply
 * @param answered when the client had it
 * @param worker who served it: a thread or a process, {@code vert.x-eventloop-thread-1}; with
 *     several server processes, {@code process 2/vert.x-eventloop-thread-1}
 */
public record ServedRequest(
    int client,
    int number,
    long sent,
    long assigned,
    long started,
    long ended,
    long answered,
    String worker) {

  /** A request whose worker was there already. */
  public ServedRequest(
      int client, int number, long sent, long started, long ended, long answered, String worker) {
    this(client, number, sent, started, started, ended, answered, worker);
  }

  /** How long it waited for a worker. */
  public long waited() {
    return assigned - sent;
  }

  /** How long its worker took to start; 0 if it was there already. */
  public long starting() {
    return started - assigned;
  }

  /** How long it was being served. */
  public long served() {
    return ended - started;
  }

  /** From sending it to having its reply. */
  public long latency() {
    return answered - sent;
  }
}
