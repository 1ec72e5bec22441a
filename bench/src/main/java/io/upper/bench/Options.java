package io.upper.bench;

import io.upper.text.TextCharset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command line: what to measure and for how long.
 *
 * @param clients the number of connections instead of the workload's, or 0
 * @param instances of Upper
 * @param processes of Upper
 * @param before the jar of another version of Upper to compare with, or null
 * @param save the file that receives the figures, or null
 * @param from a saved run, taken instead of measuring, or null
 * @param against a saved run to compare with, or null
 * @param limit the ratio to that run which is a failure, 0 for none
 */
record Options(
    List<Workload> workloads,
    List<Peer> peers,
    int rounds,
    Duration duration,
    Duration warmup,
    TextCharset charset,
    int clients,
    int instances,
    int processes,
    Path before,
    Path save,
    Path from,
    Path against,
    double limit,
    Path home) {

  int clients(Workload workload) {
    return clients > 0 ? clients : workload.clients;
  }

  static Options of(String[] args) {
    Line line = new Line();
    CommandLine parser = new CommandLine(line);
    try {
      parser.parseArgs(args);
      return line.options();
    } catch (CommandLine.ParameterException | IllegalArgumentException e) {
      System.err.println("bench: " + e.getMessage());
      parser.usage(System.err);
      System.exit(2);
      throw e;
    }
  }

  @Command(name = "bench/run", sortOptions = false)
  private static final class Line {
    @Parameters(paramLabel = "WORKLOAD", description = "tcp-64 …; all of them when none is named.")
    private List<String> workloads = new ArrayList<>();

    @Option(names = "--peers", split = ",", description = "netty is always the first of them.")
    private List<String> peers = Arrays.stream(Peer.values()).map(Peer::word).toList();

    @Option(names = "--before", description = "Jar of another Upper: a peer in the same rounds.")
    private Path before;

    @Option(names = "--rounds", description = "Rounds of each workload: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--millis", description = "Length of a round: ${DEFAULT-VALUE}.")
    private int millis = 1000;

    @Option(names = "--warmup", description = "Milliseconds before: ${DEFAULT-VALUE}.")
    private int warmup = 2500;

    @Option(
        names = "--charset",
        description = "utf-8 or ascii, the only one that C knows: ${DEFAULT-VALUE}.")
    private String charset = "ascii";

    @Option(names = "--clients", description = "Connections, instead of the workload's number.")
    private int clients;

    @Option(names = "--instances", description = "Of Upper: ${DEFAULT-VALUE}.")
    private int instances = 2;

    @Option(names = "--processes", description = "Of Upper: ${DEFAULT-VALUE}.")
    private int processes = 1;

    @Option(names = "--save", description = "Write the figures of each round to this file.")
    private Path save;

    @Option(names = "--from", description = "Take the figures of this file; measure nothing.")
    private Path from;

    @Option(names = "--against", description = "Compare the ratios to netty with this saved run.")
    private Path against;

    @Option(names = "--limit", description = "Fail if one of these is certainly above, as 1.25.")
    private double limit;

    Options options() {
      List<Workload> chosen =
          Arrays.stream(Workload.values())
              .filter(w -> workloads.isEmpty() || workloads.contains(w.word()))
              .toList();
      if (chosen.size() < workloads.size() || rounds < 1) {
        throw new IllegalArgumentException(
            "known workloads: " + Arrays.stream(Workload.values()).map(Workload::word).toList());
      }
      requireReadable("--before", before);
      requireReadable("--from", from);
      requireReadable("--against", against);
      return new Options(
          chosen,
          Arrays.stream(Peer.values()).filter(this::takesPart).toList(),
          rounds,
          Duration.ofMillis(millis),
          Duration.ofMillis(warmup),
          TextCharset.valueOf(charset.toUpperCase(Locale.ROOT).replace('-', '_')),
          clients,
          instances,
          processes,
          before,
          save,
          from,
          against,
          limit,
          Path.of(System.getProperty("bench.home", "bench")));
    }

    private static void requireReadable(String option, Path file) {
      if (file != null && !Files.isReadable(file)) {
        throw new IllegalArgumentException(option + ": " + file + " is no file that can be read");
      }
    }

    private boolean takesPart(Peer peer) {
      return peer == Peer.BEFORE ? before != null : peers.contains(peer.word());
    }
  }
}
