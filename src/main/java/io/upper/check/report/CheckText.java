package io.upper.check.report;

import io.upper.check.CheckCase;
import io.upper.check.Observation;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Traits;
import io.upper.check.Verdict;
import io.upper.report.Page.Item;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/** What the terminal shows of a grading. */
public final class CheckText {
  private static final String INDENT = "         ";
  private static final int WIDTH = 78;
  private static final int PRINTED = 6;
  private static final String LABEL = INDENT + "%-10s %s";

  private CheckText() {}

  /** What the server is. */
  public static List<String> traits(Traits traits) {
    return traitItems(traits).stream()
        .map(trait -> String.format(Locale.ROOT, "  %-17s %s", trait.name(), trait.value()))
        .toList();
  }

  static List<Item> traitItems(Traits traits) {
    return Stream.of(traits.sentence().split("; "))
        .map(trait -> trait.split(": ", 2))
        .map(parts -> new Item(parts[0], parts[1]))
        .toList();
  }

  /** How one case ended, in a line. */
  public static String line(Verdict verdict) {
    return String.format(
        Locale.ROOT,
        "%-8s %-32s %s",
        verdict.outcome().word(),
        verdict.check().id(),
        sentence(verdict));
  }

  /** What a right server does, or why the case was skipped, and remarks. */
  static String sentence(Verdict verdict) {
    String text =
        verdict.outcome() == Outcome.SKIPPED ? verdict.reason() : verdict.check().sentence();
    return text + (verdict.brief() ? " (short form)" : "") + (verdict.flaky() ? " (flaky)" : "");
  }

  /**
   * The evidence of a case.
   *
   * @param host of the server, and its port, for the line by hand
   */
  public static List<String> evidence(Verdict verdict, String host, int port) {
    List<String> lines = new ArrayList<>();
    if (!verdict.reason().isEmpty()) {
      add(lines, verdict.flaky() ? "first try" : "seen", verdict.reason());
    }
    if (!verdict.clients().isEmpty()) {
      Observation seen = verdict.clients().get(0);
      if (!seen.asExpected()) {
        lines.addAll(HexWindow.lines(seen, INDENT));
      }
      lines.addAll(TranscriptText.lines(seen, INDENT));
    }
    if (verdict.symptom() != null) {
      String mechanism = Mechanism.of(verdict);
      if (!mechanism.isEmpty()) {
        add(lines, "because", mechanism);
      }
      add(lines, "usually", verdict.check().mistake());
    }
    if (!verdict.clients().isEmpty()) {
      // In one line, to be copied.
      lines.add(String.format(Locale.ROOT, LABEL, "by hand", ByHand.of(verdict, host, port)));
    }
    addLines(lines, "printed", printed(verdict));
    return lines;
  }

  /** The last lines that the server printed, as many as are shown. */
  static List<String> printed(Verdict verdict) {
    List<String> printed = verdict.lastLines();
    return printed.subList(Math.max(0, printed.size() - PRINTED), printed.size());
  }

  private static void add(List<String> lines, String label, String text) {
    addLines(lines, label, wrapped(text));
  }

  /** The label stands before the first one. */
  private static void addLines(List<String> lines, String label, List<String> texts) {
    for (int i = 0; i < texts.size(); i++) {
      lines.add(String.format(Locale.ROOT, LABEL, i == 0 ? label : "", texts.get(i)));
    }
  }

  private static List<String> wrapped(String text) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      if (line.length() > 0 && line.length() + word.length() >= WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /** {@code 37 of 41 passed, 2 weak, 2 failed in 21 s}. */
  public static String summary(List<Report> reports) {
    long passed = count(reports, Outcome.PASS);
    long weak = count(reports, Outcome.WEAK);
    long failed = count(reports, Outcome.FAIL);
    long skipped = count(reports, Outcome.SKIPPED);
    double seconds = reports.stream().mapToLong(report -> report.elapsed().toNanos()).sum() / 1e9;
    String others =
        (weak > 0 ? ", " + weak + " weak" : "")
            + (failed > 0 ? ", " + failed + " failed" : "")
            + (skipped > 0 ? ", " + skipped + " skipped" : "");
    return String.format(
        Locale.ROOT,
        "%d of %d passed%s in %.0f s",
        passed,
        passed + weak + failed,
        others,
        seconds);
  }

  /** What a started server used, in a line; nothing of one that ran already. */
  public static List<String> usage(List<Report> reports) {
    return reports.stream()
        .map(Report::usage)
        .filter(Objects::nonNull)
        .limit(1)
        .map(
            usage ->
                String.format(
                    Locale.ROOT,
                    "the server used %s of processor time and at most %s MiB; %s",
                    Units.time(usage.cpu()),
                    Units.count(usage.peakMemory() >> 20),
                    usage.exit()))
        .toList();
  }

  private static long count(List<Report> reports, Outcome outcome) {
    return reports.stream().mapToLong(report -> report.count(outcome)).sum();
  }

  /** Everything about a case that a student may ask. */
  public static List<String> explanation(CheckCase check) {
    List<String> lines = new ArrayList<>();
    lines.add(check.id() + " (" + check.requirement().word() + ", " + check.level().word() + ")");
    lines.add("  What a right server does: " + check.sentence());
    lines.add("  Usual mistake: " + check.mistake());
    lines.add("  Why it matters: " + check.why());
    Remedy.of(check).ifPresent(remedy -> lines.add("  How to mend it: " + remedy));
    String place = check.protocol().equals("tcp") ? "" : "--" + check.protocol() + " ";
    lines.add(
        "  What the clients do, step by step, and by hand: upper check --verbose --only "
            + check.id()
            + " "
            + place
            + "HOST:PORT");
    if (!check.lesson().isEmpty()) {
      lines.add("  A small program that does it right: upper show " + check.lesson());
    }
    lines.add("  Where Upper does it: " + check.right());
    return lines;
  }

  /** A line per case, its id first. */
  public static List<String> list(List<CheckCase> cases) {
    return cases.stream()
        .map(
            check ->
                String.format(
                    Locale.ROOT,
                    "%-36s %-16s %-6s %s",
                    check.id(),
                    check.requirement().word(),
                    check.level().word(),
                    check.sentence()))
        .toList();
  }
}
