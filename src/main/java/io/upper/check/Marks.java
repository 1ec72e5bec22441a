package io.upper.check;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A mark: the share of the cases that passed, each counted as often as the weight of its group
 * says. Exact; rounded only where it is shown, and then down.
 *
 * @param groups by name; those of several protocols with one name are one group
 */
public record Marks(List<Group> groups) {
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final int SHOWN_DIGITS = 2;

  /**
   * The cases of a group.
   *
   * @param name the middle part of their ids: {@code basic}
   * @param passed how many passed
   * @param cases how many count
   * @param weight at least 0
   */
  public record Group(String name, int passed, int cases, BigDecimal weight) {}

  /**
   * Of a grading.
   *
   * @param reports one for each protocol
   * @param weights by name of the group; 1 for those it does not have
   */
  public static Marks of(List<Report> reports, Map<String, BigDecimal> weights) {
    Map<String, Group> groups = new TreeMap<>();
    for (Report report : reports) {
      for (Verdict verdict : report.verdicts()) {
        if (verdict.counts()) {
          String name = verdict.check().groupName();
          int passed = verdict.outcome() == Outcome.PASS ? 1 : 0;
          BigDecimal weight = weights.getOrDefault(name, BigDecimal.ONE);
          groups.merge(name, new Group(name, passed, 1, weight), Marks::sum);
        }
      }
    }
    return new Marks(List.copyOf(groups.values()));
  }

  private static Group sum(Group one, Group other) {
    return new Group(
        one.name(), one.passed() + other.passed(), one.cases() + other.cases(), one.weight());
  }

  /** In percent, rounded down to two digits, so that it never looks better; 0 of no cases. */
  public BigDecimal percent() {
    if (cases().signum() == 0) {
      return BigDecimal.ZERO;
    }
    BigDecimal percent =
        passed()
            .multiply(HUNDRED)
            .divide(cases(), SHOWN_DIGITS, RoundingMode.DOWN)
            .stripTrailingZeros();
    return percent.scale() < 0 ? percent.setScale(0) : percent; // 100, not 1E+2
  }

  /** Whether the exact mark is at least this one, in percent. */
  public boolean reaches(BigDecimal percent) {
    return passed().multiply(HUNDRED).compareTo(cases().multiply(percent)) >= 0;
  }

  private BigDecimal passed() {
    return groups.stream()
        .map(group -> group.weight().multiply(BigDecimal.valueOf(group.passed())))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private BigDecimal cases() {
    return groups.stream()
        .map(group -> group.weight().multiply(BigDecimal.valueOf(group.cases())))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }
}
