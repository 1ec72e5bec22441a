package io.upper.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The server's processor time per message of each peer in each round of a run. Its file has a line
 * for each workload and peer: {@code tcp-64 netty 7.91 8.02 7.80}, in microseconds; {@code #}
 * starts a comment.
 */
final class SavedRun {
  private static final String REFERENCE = Peer.NETTY.word();
  private static final String OTHERS = "others";
  private static final int WORDS = 2;

  /** By workload, then peer. */
  private final Map<String, Map<String, double[]>> figures = new LinkedHashMap<>();

  void add(String workload, String peer, double[] cpuMicros) {
    figures.computeIfAbsent(workload, w -> new LinkedHashMap<>()).put(peer, cpuMicros);
  }

  /** Adds the share of the processors that other programs used meanwhile. */
  void addOthers(String workload, double share) {
    add(workload, OTHERS, new double[] {share});
  }

  double others(String workload) {
    return figures.get(workload).getOrDefault(OTHERS, new double[] {0})[0];
  }

  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    figures.forEach(
        (workload, peers) ->
            peers.forEach(
                (peer, rounds) -> {
                  StringBuilder line = new StringBuilder(workload + " " + peer);
                  Arrays.stream(rounds)
                      .forEach(micros -> line.append(String.format(Locale.ROOT, " %.3f", micros)));
                  lines.add(line.toString());
                }));
    Files.write(file, lines, UTF_8);
  }

  static SavedRun read(Path file) throws IOException {
    SavedRun run = new SavedRun();
    for (String line : Files.readAllLines(file, UTF_8)) {
      String[] words = line.split(" ");
      if (!line.startsWith("#")) {
        try {
          double[] rounds =
              Arrays.stream(words).skip(WORDS).mapToDouble(Double::parseDouble).toArray();
          run.add(words[0], words[1], rounds);
          if (rounds.length != run.rounds(words[0], words[1])) {
            throw new IllegalArgumentException("not a figure for each round");
          }
        } catch (RuntimeException e) {
          throw new IOException(file + ": not a line of --save: " + line, e);
        }
      }
    }
    return run;
  }

  /** How many figures a line has, at least one: those of the reference, if that is before it. */
  private int rounds(String workload, String peer) {
    Map<String, double[]> peers = figures.get(workload);
    String first = peer.equals(OTHERS) || !peers.containsKey(REFERENCE) ? peer : REFERENCE;
    return Math.max(1, peers.get(first).length);
  }

  /**
   * Compares with an earlier run, perhaps of another machine: hence only the ratios to the
   * reference in the same run are compared.
   */
  List<Change> against(SavedRun before) {
    List<Change> changes = new ArrayList<>();
    figures.forEach(
        (workload, peers) -> {
          for (String peer : peers.keySet()) {
            double[] then = before.ratios(workload, peer);
            double[] now = ratios(workload, peer);
            if (!Set.of(REFERENCE, OTHERS).contains(peer) && now != null && then != null) {
              changes.add(new Change(workload, peer, PairedRatio.ofRuns(now, then)));
            }
          }
        });
    if (changes.isEmpty()) {
      throw new IllegalArgumentException("--against: no workload and peer in common");
    }
    return changes;
  }

  /** The ratio to the reference of each round; null if either was not measured. */
  private double[] ratios(String workload, String peer) {
    Map<String, double[]> peers = figures.getOrDefault(workload, Map.of());
    double[] reference = peers.get(REFERENCE);
    double[] rounds = peers.get(peer);
    return reference == null || rounds == null ? null : PairedRatio.each(rounds, reference);
  }

  /** How a peer's ratio to the reference changed. */
  record Change(String workload, String peer, PairedRatio ratio) {

    @Override
    public String toString() {
      return workload + " " + peer + " / " + REFERENCE + ", this run / saved run: " + ratio;
    }
  }
}
