package io.upper.check;

import io.upper.report.Units;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The time of a run: 60 s and 60 times the server's own time per request, of several gradings that
 * of the slowest so far. Each grading leaves a quarter to each one that comes after it. The time is
 * shared out so that what should be does not take the time of what must be. Not thread-safe.
 */
public final class Budget {
  private static final Duration BASE = Duration.ofSeconds(60);
  private static final int JOBS = 60;

  // A quarter for a grading, whatever those before it took.
  private static final int FOR_GRADING = 4;

  // A quarter: failures take longer, and must not keep later cases from running.
  private static final int FOR_FAILURES = 4;

  private final long start = System.nanoTime();
  private int waiting;
  private Duration slowest = Duration.ZERO;
  private List<CheckCase> cases = List.of();
  private Traits traits = Traits.UNKNOWN;

  /**
   * Begins now.
   *
   * @param gradings that share it, one after the other
   */
  public Budget(int gradings) {
    waiting = gradings;
  }

  /** The next grading begins. */
  void begin() {
    waiting--;
  }

  /**
   * What the grading knows now.
   *
   * @param all its cases that may run, in this order
   */
  void plan(List<CheckCase> all, Traits found) {
    cases = all;
    traits = found;
    slowest = found.job().compareTo(slowest) > 0 ? found.job() : slowest;
  }

  /** Whether there is time for the full form, and then for the short forms of all later cases. */
  boolean allowsFull(CheckCase check) {
    Duration spare = left().minus(later(check, false)).minus(whole().dividedBy(FOR_FAILURES));
    return check.full().time(traits).compareTo(spare) <= 0;
  }

  /** Why there is no time for the short form; empty if there is. */
  Optional<String> whyNot(CheckCase check) {
    Duration left = left();
    if (left.isZero()) {
      return Optional.of("the budget of " + Units.time(whole()) + " is used up; --full runs it");
    }
    Duration needed = check.brief().time(traits);
    Duration share = must(check) ? left : left.minus(later(check, true));
    return needed.compareTo(share) <= 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "it would take %s, and the budget of %s has %s left for it; --full runs it",
                Units.time(needed),
                Units.time(whole()),
                Units.time(share.isNegative() ? Duration.ZERO : share)));
  }

  /** What the cases after this one need in their short forms. */
  private Duration later(CheckCase check, boolean mustOnly) {
    return cases.subList(cases.indexOf(check) + 1, cases.size()).stream()
        .filter(later -> !mustOnly || must(later))
        .map(later -> later.brief().time(traits))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private boolean must(CheckCase check) {
    return check.requirement().failure(traits.mapping()) == Outcome.FAIL;
  }

  private Duration left() {
    Duration others = whole().multipliedBy(waiting).dividedBy(FOR_GRADING);
    Duration left = whole().minus(others).minusNanos(System.nanoTime() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private Duration whole() {
    return BASE.plus(slowest.multipliedBy(JOBS));
  }
}
