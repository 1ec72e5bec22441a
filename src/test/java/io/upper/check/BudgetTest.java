package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a run has time for: 60 s and 60 jobs, a quarter of it for failures. */
class BudgetTest {
  private static CheckCase taking(int seconds) {
    Cost cost = Cost.requests(0).pausing(Duration.ofSeconds(seconds));
    return new CheckCase(
        "tcp/x/y", Requirement.MUST, Level.BASIC, "", "", "", "", "", cost, cost, null);
  }

  private static Traits job(int seconds) {
    return Traits.UNKNOWN.withJob(Duration.ofSeconds(seconds));
  }

  @Test
  void aGradingLeavesAQuarterToTheNextOne() {
    CheckCase check = taking(35);
    Budget budget = new Budget(2);
    budget.begin();
    budget.plan(List.of(check), Traits.UNKNOWN);
    assertFalse(budget.allowsFull(check));
    assertEquals(Optional.empty(), budget.whyNot(check));
    budget.begin();
    budget.plan(List.of(check), Traits.UNKNOWN);
    assertTrue(budget.allowsFull(check));
  }

  @Test
  void theSlowestServerCounts() {
    CheckCase check = taking(200);
    Budget budget = new Budget(2);
    budget.begin();
    budget.plan(List.of(check), job(5));
    budget.begin();
    budget.plan(List.of(check), Traits.UNKNOWN);
    assertTrue(budget.allowsFull(check));
  }
}
