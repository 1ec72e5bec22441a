package io.upper.cli;

import static io.upper.cli.Bounds.require;
import static io.upper.cli.Bounds.requireIn;

import io.upper.client.ClientSettings;
import io.upper.client.Message;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.net.Addresses;
import io.upper.stress.Shape;
import io.upper.stress.StressSettings;
import io.upper.text.TextCharset;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The load to put on a server: the target, the clients and their behaviour. */
final class StressOptions {
  // Each has its own connection, and one address has fewer ephemeral ports.
  private static final int MAX_CLIENTS = 100_000;
  private static final int MAX_REQUESTS = 1_000_000_000;
  private static final int MAX_SIZE = 16 * 1024 * 1024;
  // Maximum text of a datagram, which also has a tag.
  private static final int MAX_DATAGRAM_TEXT = 65_000;
  private static final double MIN_RATE = 0.001;
  private static final double MAX_RATE = 10_000_000;
  private static final int MAX_THREADS = 256;
  private static final Duration MIN_TIME = Duration.ofMillis(1);
  private static final Duration MAX_DURATION = Duration.ofDays(7);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  @Mixin private ClientOptions client;

  @Parameters(
      index = "3",
      paramLabel = "CLIENTS",
      converter = WholeNumberConverter.class,
      description = "Number of clients.")
  private long clients;

  @Option(
      names = "--requests",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description =
          "Requests per client (default: 8, or no limit with --duration); with both, the first limit "
              + "ends the run.")
  private Long requests;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long the clients send: 500ms, 30s, 2m.")
  private Duration duration;

  @Option(names = "--message", paramLabel = "TEXT", description = "The text of every request.")
  private String message;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      converter = WholeNumberConverter.class,
      description = "Send generated text of this size instead.")
  private Long size;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--reconnect", description = "Use a new connection for each request.")
  private boolean reconnect;

  @Option(
      names = "--ramp",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = DurationConverter.class,
      description = "Start the clients evenly within this time.")
  private Duration ramp;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Open loop: R requests per second of all clients together, whether or not the "
              + "server keeps up. Without it each client sends after its previous reply.")
  private Double rate;

  @Option(
      names = "--poisson",
      description = "With --rate: random arrivals, like those of independent users.")
  private boolean poisson;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = DurationConverter.class,
      description = "Exclude this time from the results.")
  private Duration warmup;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "Maximum time of a reply (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(
      names = "--shape",
      paramLabel = "WORD",
      defaultValue = "normal",
      converter = WordConverter.OfShape.class,
      description =
          "Behaviour of the clients: normal, slow-reader, byte-by-byte, half-close, "
              + "reset, idle (default: ${DEFAULT-VALUE}).")
  private Shape shape;

  @Option(
      names = "--threads",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description = "Event loops of the generator (default: one per processor).")
  private Long threads;

  /**
   * The load that the options describe.
   *
   * @throws ConfigurationException naming the first invalid option
   */
  StressSettings settings() {
    checkBounds();
    ClientSettings target = client.settings((int) Math.max(1, timeout.toSeconds()));
    checkTogether(target);
    List<String> messages = messages(accents(target));
    checkSizes(target, messages);
    int each =
        requests != null ? requests.intValue() : duration == null ? StressSettings.WORDS.size() : 0;
    long loops = threads != null ? threads : Runtime.getRuntime().availableProcessors();
    return new StressSettings(
        target,
        (int) clients,
        each,
        duration,
        messages,
        seed,
        reconnect,
        ramp,
        rate == null ? 0 : rate,
        poisson,
        warmup,
        timeout,
        shape,
        (int) Math.min(clients, loops));
  }

  private void checkBounds() {
    requireIn("CLIENTS", clients, 1, MAX_CLIENTS);
    requireIfGiven("--requests", requests, MAX_REQUESTS);
    requireIfGiven("--size", size, MAX_SIZE);
    requireIfGiven("--threads", threads, MAX_THREADS);
    // NaN is out of bounds, too.
    require(
        rate == null || rate >= MIN_RATE && rate <= MAX_RATE,
        "--rate: "
            + rate
            + " is not in 0.001..10000000; without it each client sends when it has"
            + " its reply");
    if (duration != null) {
      requireIn("--duration", duration, MIN_TIME, MAX_DURATION);
    }
    requireIn("--warmup", warmup, Duration.ZERO, MAX_DURATION);
    requireIn("--ramp", ramp, Duration.ZERO, MAX_DURATION);
    requireIn("--timeout", timeout, MIN_TIME, MAX_TIMEOUT);
    require(message == null || !message.isEmpty(), "--message: an empty text is no request");
  }

  private static void requireIfGiven(String option, Long value, int max) {
    if (value != null) {
      requireIn(option, value, 1, max);
    }
  }

  /** Rejects combinations of options that exclude each other. */
  private void checkTogether(ClientSettings target) {
    require(message == null || size == null, "--message and --size: only one of them");
    require(!poisson || rate != null, "--poisson: needs --rate");
    require(warmup.isZero() || duration != null, "--warmup: needs --duration");
    require(
        duration == null || ramp.compareTo(warmup.plus(duration)) <= 0,
        "--ramp: "
            + Bounds.text(ramp)
            + " is longer than "
            + (warmup.isZero() ? "--duration" : "--warmup and --duration"));
    if (shape == Shape.IDLE) {
      require(
          rate == null && requests == null && !reconnect,
          (rate != null ? "--rate" : requests != null ? "--requests" : "--reconnect")
              + ": a client of --shape idle sends nothing");
    }
    require(
        shape != Shape.RESET || !Addresses.isPath(target.host()),
        "--shape: a Unix domain socket has no reset");
    if (target.protocol() == Protocol.UDP) {
      require(shape == Shape.NORMAL, "--shape: " + shape.word() + " is for tcp and tls");
      require(!reconnect, "--reconnect: is for tcp and tls");
    }
  }

  private void checkSizes(ClientSettings target, List<String> messages) {
    String option = size != null ? "--size: " : "--message: ";
    int longest = 0;
    for (String text : messages) {
      Message message = Message.of(text, target.protocol(), target.service());
      longest = Math.max(longest, Math.max(message.bytes().length(), message.expected().length()));
    }
    require(
        target.protocol() != Protocol.UDP || longest <= MAX_DATAGRAM_TEXT,
        option
            + longest
            + " bytes are more than a datagram holds with its tag: "
            + MAX_DATAGRAM_TEXT);
    // Otherwise the client's own slowness would look like the server's.
    Duration own = shape.ownTime(longest).multipliedBy(2);
    require(
        own.compareTo(timeout) <= 0,
        "--timeout: "
            + Bounds.text(timeout)
            + " is too short for "
            + longest
            + " bytes with --shape "
            + shape.word()
            + ", which take "
            + Bounds.text(own));
  }

  /** Whether the service also changes letters with accents. */
  private static boolean accents(ClientSettings target) {
    return !target.service().settings().containsValue(TextCharset.ASCII);
  }

  private List<String> messages(boolean accents) {
    if (size != null) {
      return List.of(text(size.intValue(), accents, new SplittableRandom(seed)));
    }
    return message != null ? List.of(message) : StressSettings.WORDS;
  }

  /** Random words of exactly this many bytes, some with accents if allowed. */
  private static String text(int bytes, boolean accents, SplittableRandom random) {
    String accented = "áéíóúñçü";
    StringBuilder text = new StringBuilder(bytes);
    for (int length = 0; length < bytes; ) {
      boolean accent = accents && bytes - length >= 2 && random.nextInt(16) == 0;
      boolean space = !accent && length > 0 && random.nextInt(7) == 0;
      text.append(
          accent
              ? accented.charAt(random.nextInt(accented.length()))
              : space ? ' ' : (char) ('a' + random.nextInt(26)));
      length += accent ? 2 : 1;
    }
    return text.toString();
  }
}
