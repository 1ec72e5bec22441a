package io.upper.check.report;

import io.upper.check.CheckCase;
import io.upper.check.Report;
import io.upper.check.Verdict;
import io.upper.text.Word;
import java.util.List;

/**
 * Servers side by side: how each case ended against each of them.
 *
 * @param protocol over which they were graded
 */
public record Matrix(String protocol, List<Column> columns) {

  /**
   * A server.
   *
   * @param report null if it was not started
   * @param problem why it was not started; else empty
   */
  public record Column(String name, Report report, String problem) {
    /** Whether there was a server to grade. */
    public boolean started() {
      return report != null;
    }

    List<Verdict> verdicts() {
      return started() ? report.verdicts() : List.of();
    }

    /** A grading that ended early has not run all cases. */
    Cell cell(CheckCase check) {
      return verdicts().stream()
          .filter(verdict -> verdict.check().id().equals(check.id()))
          .map(Cell::of)
          .findFirst()
          .orElse(started() ? Cell.SKIPPED : Cell.NOT_STARTED);
    }
  }

  /** How a case ended. */
  enum Cell implements Word {
    PASS(".", "pass"),
    FAIL("F", "fail"),
    WEAK("W", "weak"),
    SKIPPED("-", "skipped"),
    /** The two tries differed: the machine or the moment decides. */
    VARIES("~", "varies"),
    NOT_STARTED("x", "not started");

    private final String sign;
    private final String meaning;

    Cell(String sign, String meaning) {
      this.sign = sign;
      this.meaning = meaning;
    }

    String sign() {
      return sign;
    }

    String meaning() {
      return meaning;
    }

    private static Cell of(Verdict verdict) {
      return switch (verdict.outcome()) {
        case PASS -> verdict.flaky() ? VARIES : PASS;
        case FAIL -> FAIL;
        case WEAK -> WEAK;
        case SKIPPED -> SKIPPED;
      };
    }
  }

  /** The cases of all gradings, in the order in which they ran. */
  List<CheckCase> cases() {
    return columns.stream()
        .flatMap(column -> column.verdicts().stream())
        .map(Verdict::check)
        .distinct()
        .toList();
  }

  /** Those that at least one of the servers that were started has not passed. */
  List<CheckCase> tellingCases() {
    return cases().stream()
        .filter(
            check ->
                cells(check).stream()
                    .anyMatch(cell -> cell != Cell.PASS && cell != Cell.NOT_STARTED))
        .toList();
  }

  /** A row. */
  List<Cell> cells(CheckCase check) {
    return columns.stream().map(column -> column.cell(check)).toList();
  }
}
