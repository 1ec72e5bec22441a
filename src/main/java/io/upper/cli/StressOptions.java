package io.upper.cli;

import static io.upper.cli.Bounds.require;
import static io.upper.cli.Bounds.requireIn;

import io.upper.client.ClientSettings;
import io.upper.client.Message;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.stress.Shape;
import io.upper.stress.StressSettings;
import io.upper.text.TextCharset;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What load to put on a server: the target, the clients and how they behave. */
final class StressOptions {
  // Each has a connection of its own, and one address has fewer ephemeral ports than that.
  private static final int MAX_CLIENTS = 100_000;
  private static final int MAX_REQUESTS = 1_000_000_000;
  private static final int MAX_SIZE = 16 * 1024 * 1024;
  // What a datagram holds of a text with its tag.
  private static final int MAX_DATAGRAM_TEXT = 65_000;
  private static final double MIN_RATE = 0.001;
  private static final double MAX_RATE = 10_000_000;
  private static final int MAX_THREADS = 256;
  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration MAX_DURATION = Duration.ofDays(7);
  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);

  @Mixin private ClientOptions client;

  @Parameters(
      index = "3",
      paramLabel = "CLIENTS",
      converter = WholeNumberConverter.class,
      description = "How many clients there are.")
  private long clients;

  @Option(
      names = "--requests",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description =
          "Requests of each client (default: 8, unless there is a duration); with both, what ends first.")
  private Long requests;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "How long the clients go on: 500ms, 30s, 2m.")
  private Duration duration;

  @Option(names = "--message", paramLabel = "TEXT", description = "What every request says.")
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
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--reconnect", description = "A connection for each request.")
  private boolean reconnect;

  @Option(
      names = "--ramp",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = DurationConverter.class,
      description = "Start the clients evenly over this time.")
  private Duration ramp;

  @Option(
      names = "--rate",
      paramLabel = "R",
      description =
          "Open loop: R requests a second of all clients together, whether the server "
              + "keeps up or not. Otherwise each client sends when it has its reply.")
  private Double rate;

  @Option(names = "--poisson", description = "With --rate: at random, as people would send.")
  private boolean poisson;

  @Option(
      names = "--warmup",
      paramLabel = "TIME",
      defaultValue = "0",
      converter = DurationConverter.class,
      description = "What is sent in this time does not count.")
  private Duration warmup;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      converter = DurationConverter.class,
      description = "How long a reply may take (default: ${DEFAULT-VALUE}).")
  private Duration timeout;

  @Option(
      names = "--shape",
      paramLabel = "WORD",
      defaultValue = "normal",
      converter = WordConverter.OfShape.class,
      description =
          "How the clients behave: normal, slow-reader, byte-by-byte, half-close, "
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
   * @throws ConfigurationException naming the first option that cannot be
   */
  StressSettings settings() {
    checkBounds();
    ClientSettings target = client.settings((int) Math.max(1, timeout.toSeconds()));
    checkTogether(target.protocol());
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
    // Not a number is in no bounds either.
    require(
        rate == null || rate >= MIN_RATE && rate <= MAX_RATE,
        "--rate: "
            + rate
            + " is not in 0.001..10000000; without it each client sends when it has"
            + " its reply");
    if (duration != null) {
      requireIn("--duration", duration, SHORTEST, MAX_DURATION);
    }
    requireIn("--warmup", warmup, Duration.ZERO, MAX_DURATION);
    requireIn("--ramp", ramp, Duration.ZERO, MAX_DURATION);
    requireIn("--timeout", timeout, SHORTEST, MAX_TIMEOUT);
    require(message == null || !message.isEmpty(), "--message: an empty text is no request");
  }

  private static void requireIfGiven(String option, Long value, int max) {
    if (value != null) {
      requireIn(option, value, 1, max);
    }
  }

  /** Options that are right by themselves, but not with others. */
  private void checkTogether(Protocol protocol) {
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
    if (protocol == Protocol.UDP) {
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
    // Else the client's own slowness would be taken for the server's.
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

  /** Whether the service changes letters with an accent, too. */
  private static boolean accents(ClientSettings target) {
    return !target.service().settings().containsValue(TextCharset.ASCII);
  }

  private List<String> messages(boolean accents) {
    if (size != null) {
      return List.of(text(size.intValue(), accents, new SplittableRandom(seed)));
    }
    return message != null ? List.of(message) : StressSettings.WORDS;
  }

  /** Words of letters, perhaps some with an accent, of exactly so many bytes. */
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
