package io.upper.stress;

import io.upper.client.Message;
import io.upper.client.Target;
import io.upper.client.Trust;
import io.upper.config.Protocol;
import io.vertx.core.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the clients of a run share: the server, the messages, the time, and what has happened so
 * far. Thread-safe once started.
 */
final class RunState {
  private static final Duration IDLE_DURATION = Duration.ofSeconds(10);

  final StressSettings settings;
  final RequestListener listener;
  final AtomicInteger neverServed = new AtomicInteger();

  /** Completes when all clients are done; fails if one threw an exception, which is a bug. */
  final Promise<Void> allFinished = Promise.promise();

  private final List<Message> messages;
  private final AtomicInteger unfinished;

  // The server is resolved once for all clients, and the trust read once: it may be a pipe.
  Target target;
  Trust trust;
  // Null unless UDP.
  ReceiveDrops drops;
  // Index of the address to send datagrams to; fixed once a reply has arrived.
  private int datagramServer;

  // Times of System.nanoTime.
  long started;
  long deadline;
  Measurements measurements;

  volatile boolean stopped;
  private volatile long stoppedAt;
  // Whether the run ended by its duration, not its number of requests.
  volatile boolean endedByClock;
  // Whether a client has connected (UDP: whether a reply has arrived).
  volatile boolean connected;
  volatile Throwable connectFailure;

  RunState(StressSettings settings, RequestListener listener) {
    this.settings = settings;
    this.listener = listener;
    this.messages =
        settings.messages().stream()
            .map(
                text -> Message.of(text, settings.client().protocol(), settings.client().service()))
            .toList();
    this.unfinished = new AtomicInteger(settings.clients());
  }

  /** Resolves the server and reads the files. Blocks. */
  void prepare() throws IOException {
    target = Target.resolve(settings.client().host(), settings.client().port());
    trust = Trust.read(settings.client());
    drops = settings.client().protocol() == Protocol.UDP ? new ReceiveDrops() : null;
  }

  /** Starts the clock; call it before the first client exists. */
  void start() {
    started = System.nanoTime();
    deadline = isClocked() ? started + duration() : Long.MAX_VALUE / 2 + started;
    measurements = new Measurements(started + settings.warmup().toNanos());
  }

  /** Whether a time ends the run. */
  boolean isClocked() {
    return settings.duration() != null || settings.shape() == Shape.IDLE;
  }

  /** The time from the start to the deadline of a clocked run, in nanoseconds. */
  long duration() {
    return settings.duration() == null
        ? IDLE_DURATION.toNanos()
        : settings.warmup().plus(settings.duration()).toNanos();
  }

  void stop() {
    stoppedAt = System.nanoTime();
    stopped = true;
    allFinished.tryComplete();
  }

  /** The latest time at which a request can be due: the deadline, or an earlier stop. */
  long end() {
    return stopped && stoppedAt - deadline < 0 ? stoppedAt : deadline;
  }

  /** Whether a request due at {@code nanos} counts, that is, after the warm-up. */
  boolean counts(long nanos) {
    return nanos - started >= settings.warmup().toNanos();
  }

  /** Whether the run has ended at {@code nanos}, so nothing may be sent. */
  boolean isOver(long nanos) {
    return stopped || nanos - deadline >= 0;
  }

  /** The message of a client's request; messages are used in turn. */
  Message message(long number) {
    return messages.get((int) (number % messages.size()));
  }

  /** Length of the longest reply over UDP, including a tag of the given length. */
  int longestReply(int tag) {
    return messages.stream()
        .map(message -> message.tagged("9".repeat(tag), settings.client().service()))
        .mapToInt(message -> message.expected().length())
        .max()
        .orElse(0);
  }

  /** The address to send datagrams to. */
  synchronized InetSocketAddress datagramServer() {
    return target.addresses().get(datagramServer);
  }

  /** Whether there is another address to try after one has refused. */
  synchronized boolean hasOtherServer(InetSocketAddress refused) {
    if (connected) {
      return false;
    }
    if (datagramServer().equals(refused) && datagramServer < target.addresses().size() - 1) {
      datagramServer++;
    }
    return !datagramServer().equals(refused);
  }

  void connectSucceeded() {
    if (!connected) { // Writing a shared variable is slower than reading it.
      connected = true;
    }
  }

  Refusal connectFailed(Throwable cause, boolean handshaking) {
    connectFailure = cause;
    Refusal refusal = Refusal.of(cause, handshaking, connected);
    measurements.refused(refusal);
    return refusal;
  }

  /** A client is done. */
  void finished() {
    if (unfinished.decrementAndGet() == 0) {
      allFinished.tryComplete();
    }
  }
}
