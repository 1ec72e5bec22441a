package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.client.ConnectFailure;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.stress.RequestListener;
import io.upper.stress.Shape;
import io.upper.stress.StressResult;
import io.upper.stress.StressRun;
import io.upper.stress.StressSettings;
import io.upper.stress.report.Gate;
import io.upper.stress.report.HtmlReport;
import io.upper.stress.report.JsonReport;
import io.upper.stress.report.LiveDisplay;
import io.upper.stress.report.PercentileFile;
import io.upper.stress.report.Provenance;
import io.upper.stress.report.Summary;
import io.upper.text.TextCharset;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** {@code upper stress}: puts a load on a server and reports what came of it. */
@Command(
    name = "stress",
    headerHeading =
        "Examples:%n"
            + "  upper stress tcp localhost 2000 100%n"
            + "  upper stress tls localhost 2443 50 --rate 2000 --duration 30s --warmup 3s%n"
            + "  upper stress udp localhost 2000 10 --requests 1000 --fail-if 'lost>0'%n%n",
    description = "Put a load on a server: every reply is checked and timed.",
    footer = {
      "",
      "Exit status: 99 a condition of --fail-if is broken, 1 nothing could connect, 2 bad usage,",
      "0 otherwise. What each figure means: docs/stress.md."
    },
    sortOptions = false)
public final class StressCommand implements Callable<Integer> {
  private static final int BROKEN = 99;
  private static final int NOTHING_CONNECTED = 1;
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

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything measured.")
  private Path json;

  @Option(
      names = "--hgrm",
      paramLabel = "FILE",
      description = "Write the latencies for HdrHistogram's plotter.")
  private Path hgrm;

  @Option(names = "--html", paramLabel = "FILE", description = "Write a report with charts.")
  private Path html;

  @Option(
      names = "--fail-if",
      paramLabel = "CONDITION",
      description = "Exit with 99 when it is so: 'p99>5ms', 'errors>0', 'rate<1000'. Repeatable.")
  private List<String> conditions = new ArrayList<>();

  @Option(names = "--quiet", description = "No live display.")
  private boolean quiet;

  @Mixin private Verbosity verbosity;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    StressSettings settings = settings();
    List<Gate> gates = gates();
    Vertx vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setPreferNativeTransport(true)
                    .setEventLoopPoolSize(settings.eventLoops() + 1))
            .build();
    try {
      StressRun run = new StressRun(vertx, settings, listener(settings));
      return report(run, measure(run), gates);
    } finally {
      vertx.close().await();
    }
  }

  private StressResult measure(StressRun run) {
    Signal interrupt = new Signal("INT");
    Signal.handle(
        interrupt,
        signal -> {
          // Once: a second Ctrl-C ends the program as usual.
          Signal.handle(interrupt, SignalHandler.SIG_DFL);
          run.stop();
        });
    LiveDisplay display = quiet || verbosity.isVerbose() ? null : LiveDisplay.start(run::progress);
    try {
      return run.run().await();
    } finally {
      if (display != null) {
        display.close();
      }
    }
  }

  private int report(StressRun run, StressResult result, List<Gate> gates) throws IOException {
    Provenance provenance =
        Provenance.of(spec.root().commandLine().getParseResult().originalArgs());
    System.out.print(Summary.of(result, provenance));
    write(result, provenance);
    if (!result.connected() && !result.interrupted()) {
      Throwable cause = run.connectFailure();
      System.err.println(
          "nothing could connect" + (cause == null ? "" : ": " + ConnectFailure.reason(cause)));
      return NOTHING_CONNECTED;
    }
    List<String> broken =
        gates.stream().map(gate -> gate.broken(result)).flatMap(Optional::stream).toList();
    broken.forEach(System.err::println);
    return broken.isEmpty() ? 0 : BROKEN;
  }

  /** With {@code --verbose} each reply is printed, as the Python client does. */
  private RequestListener listener(StressSettings settings) {
    if (!verbosity.isVerbose()) {
      return RequestListener.NONE;
    }
    return (number, local, request, planned, sent, ended) -> {
      String text = settings.messages().get((int) (request % settings.messages().size()));
      System.out.printf("- [%3d] Reply: %s%n", number, text.toUpperCase(Locale.ROOT));
    };
  }

  private StressSettings settings() {
    require(clients >= 1, "CLIENTS: " + clients + " is not 1 or more");
    require(requests == null || requests >= 1, "--requests: " + requests + " is not 1 or more");
    require(size == null || size >= 1, "--size: " + size + " is not 1 or more");
    require(rate >= 0, "--rate: " + rate + " is not 0 or more");
    require(threads == null || threads >= 1, "--threads: " + threads + " is not 1 or more");
    require(message == null || !message.isEmpty(), "--message: an empty text is no request");
    require(message == null || size == null, "--message and --size: only one of them");
    require(!poisson || rate > 0, "--poisson: needs --rate");
    require(warmup.isZero() || duration != null, "--warmup: needs --duration");
    requireDirectory("--json", json);
    requireDirectory("--hgrm", hgrm);
    requireDirectory("--html", html);
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

  private static void requireDirectory(String option, Path file) {
    require(
        file == null || Files.isDirectory(file.toAbsolutePath().getParent()),
        option + ": there is no directory for " + file);
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

  private List<Gate> gates() {
    try {
      return conditions.stream().map(Gate::parse).toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--fail-if: " + e.getMessage());
    }
  }

  private void write(StressResult result, Provenance provenance) throws IOException {
    if (json != null) {
      Files.writeString(json, JsonReport.of(result, provenance).encodePrettily());
    }
    if (hgrm != null) {
      Files.writeString(hgrm, PercentileFile.of(result));
    }
    if (html != null) {
      Files.writeString(html, HtmlReport.of(result, provenance));
    }
  }
}
