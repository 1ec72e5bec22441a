package io.upper.cli;

import io.upper.client.ClientSettings;
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
  private static final int MAX_DATAGRAM_TEXT = 65_000;

  @Mixin private ClientOptions client;

  @Parameters(index = "3", paramLabel = "CLIENTS", description = "How many clients there are.")
  private int clients;

  @Option(
      names = "--requests",
      paramLabel = "N",
      description =
          "Requests of each client (default: 8, unless there is a duration); with both, what ends first.")
  private Integer requests;

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
      description = "Send generated text of this size instead.")
  private Integer size;

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
      defaultValue = "0",
      description = {
        "Open loop: R requests a second of all clients together, whether the server",
        "keeps up or not. Otherwise each client sends when it has its reply."
      })
  private double rate;

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
      description = {
        "How the clients behave: normal, slow-reader, byte-by-byte, half-close,",
        "reset, idle (default: ${DEFAULT-VALUE})."
      })
  private Shape shape;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Event loops of the generator (default: one per processor).")
  private Integer threads;

  /**
   * The load that the options describe.
   *
   * @throws ConfigurationException naming the first option that cannot be
   */
  StressSettings settings() {
    require(clients >= 1, "CLIENTS: " + clients + " is not 1 or more");
    require(requests == null || requests >= 1, "--requests: " + requests + " is not 1 or more");
    require(size == null || size >= 1, "--size: " + size + " is not 1 or more");
    require(rate >= 0, "--rate: " + rate + " is not 0 or more");
    require(threads == null || threads >= 1, "--threads: " + threads + " is not 1 or more");
    require(message == null || !message.isEmpty(), "--message: an empty text is no request");
    require(message == null || size == null, "--message and --size: only one of them");
    require(!poisson || rate > 0, "--poisson: needs --rate");
    require(warmup.isZero() || duration != null, "--warmup: needs --duration");
    ClientSettings target = client.settings((int) Math.max(1, timeout.toSeconds()));
    if (target.protocol() == Protocol.UDP) {
      require(
          shape == Shape.NORMAL || shape == Shape.IDLE,
          "--shape: " + shape.word() + " is for tcp and tls");
      require(!reconnect, "--reconnect: is for tcp and tls");
      require(
          size == null || size <= MAX_DATAGRAM_TEXT,
          "--size: " + size + " is more than a datagram holds with its tag: " + MAX_DATAGRAM_TEXT);
    }
    int each = requests != null ? requests : duration == null ? StressSettings.WORDS.size() : 0;
    return new StressSettings(
        target,
        clients,
        each,
        duration,
        messages(target.charset()),
        seed,
        reconnect,
        ramp,
        rate,
        poisson,
        warmup,
        timeout,
        shape,
        Math.min(clients, threads != null ? threads : Runtime.getRuntime().availableProcessors()));
  }

  private static void require(boolean right, String message) {
    if (!right) {
      throw new ConfigurationException(message);
    }
  }

  private List<String> messages(TextCharset charset) {
    if (size != null) {
      return List.of(text(size, charset, new SplittableRandom(seed)));
    }
    return message != null ? List.of(message) : StressSettings.WORDS;
  }

  /** Words of letters, in utf-8 some with an accent, of exactly so many bytes. */
  private static String text(int bytes, TextCharset charset, SplittableRandom random) {
    String accented = "áéíóúñçü";
    StringBuilder text = new StringBuilder(bytes);
    for (int length = 0; length < bytes; ) {
      boolean accent =
          charset == TextCharset.UTF_8 && bytes - length >= 2 && random.nextInt(16) == 0;
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
