package io.upper.check.course;

import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the terminal shows of a class. */
public final class ClassText {
  private static final int SHOWN_FAULTS = 10;
  private static final int SHOWN_NAMES = 5;

  private ClassText() {}

  /** {@code 28 of 30 graded, 1 could not be started, 1 stopped}. */
  public static String graded(List<Result> results) {
    StringBuilder text = new StringBuilder();
    text.append(results.stream().filter(Result::isGraded).count())
        .append(" of ")
        .append(Units.plural(results.size(), "submission"))
        .append(" graded");
    for (String kind : List.of("could not be started", "stopped", "not graded")) {
      long count =
          results.stream().filter(result -> result.status().startsWith(kind + ":")).count();
      text.append(count == 0 ? "" : ", " + count + " " + kind);
    }
    return text.toString();
  }

  /**
   * The faults that most of the class share, each in a line with names; empty if there are none.
   */
  public static List<String> faults(List<Result> results) {
    List<Fault> faults = Fault.of(results);
    List<String> lines = new ArrayList<>();
    for (Fault fault : faults.subList(0, Math.min(faults.size(), SHOWN_FAULTS))) {
      List<String> names = fault.names();
      String others =
          names.size() > SHOWN_NAMES ? " and " + (names.size() - SHOWN_NAMES) + " more" : "";
      lines.add(
          String.format(
              Locale.ROOT,
              "%5d fail %-32s %s%s",
              names.size(),
              fault.check().id(),
              String.join(", ", names.subList(0, Math.min(names.size(), SHOWN_NAMES))),
              others));
    }
    if (faults.size() > SHOWN_FAULTS) {
      lines.add("      and " + (faults.size() - SHOWN_FAULTS) + " more cases");
    }
    return lines;
  }
}
