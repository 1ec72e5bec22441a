package io.upper.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command line: what to measure and for how long.
 *
 * @param before the jar of another version of Upper to compare with, or null
 */
record Options(
    List<Workload> workloads,
    List<Peer> peers,
    int rounds,
    Duration duration,
    Duration warmup,
    Path before,
    Path home) {

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

    Options options() {
      List<Workload> chosen =
          Arrays.stream(Workload.values())
              .filter(w -> workloads.isEmpty() || workloads.contains(w.word()))
              .toList();
      if (chosen.size() < workloads.size() || rounds < 1) {
        throw new IllegalArgumentException(
            "known workloads: " + Arrays.stream(Workload.values()).map(Workload::word).toList());
      }
      if (before != null && !Files.isReadable(before)) {
        throw new IllegalArgumentException("--before: " + before + " is no file that can be read");
      }
      return new Options(
          chosen,
          Arrays.stream(Peer.values()).filter(this::takesPart).toList(),
          rounds,
          Duration.ofMillis(millis),
          Duration.ofMillis(warmup),
          before,
          Path.of(System.getProperty("bench.home", "bench")));
    }

    private boolean takesPart(Peer peer) {
      return peer == Peer.BEFORE ? before != null : peers.contains(peer.word());
    }
  }
}
