package io.upper.check;

import static io.upper.check.Reports.ran;
import static io.upper.check.Reports.skipped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MarksTest {
  private static final Report MIXED =
      Reports.of(
          ran("tcp/basic/order", Outcome.PASS),
          ran("tcp/basic/ascii", Outcome.PASS),
          ran("tcp/text/cut-2", Outcome.FAIL),
          ran("tcp/pressure/memory", Outcome.WEAK));

  private static String percent(Report report, Map<String, BigDecimal> weights) {
    return Marks.of(List.of(report), weights).percent().toString();
  }

  @Test
  void everyCaseCountsOnce() {
    assertEquals("50", percent(MIXED, Map.of()));
  }

  @Test
  void aCaseCountsAsOftenAsItsGroupsWeightSays() {
    assertEquals("75", percent(MIXED, Map.of("basic", BigDecimal.valueOf(3))));
    assertEquals("66.66", percent(MIXED, Map.of("text", BigDecimal.ZERO)));
    assertEquals("57.14", percent(MIXED, Map.of("text", new BigDecimal("0.50"))));
    Map<String, BigDecimal> none =
        Map.of("basic", BigDecimal.ZERO, "text", BigDecimal.ZERO, "pressure", BigDecimal.ZERO);
    assertEquals("0", percent(MIXED, none));
  }

  @Test
  void whatWasNotReachedIsNotPassedAndWhatDoesNotApplyDoesNotCount() {
    Verdict passed = ran("tcp/basic/order", Outcome.PASS);
    assertEquals("50", percent(Reports.of(passed, skipped("tcp/basic/ascii", true)), Map.of()));
    assertEquals("100", percent(Reports.of(passed, skipped("tcp/basic/ascii", false)), Map.of()));
  }

  @Test
  void protocolsShareTheirGroups() {
    Report udp = Reports.of(ran("udp/text/utf-8", Outcome.PASS));
    Marks marks = Marks.of(List.of(MIXED, udp), Map.of());
    assertEquals(new Marks.Group("text", 1, 2, BigDecimal.ONE), marks.groups().get(2));
  }

  @Test
  void almostIsNotReached() {
    // 1999 of 2500 are 79.96 %.
    BigDecimal eighty = BigDecimal.valueOf(80);
    assertEquals("79.96", of(1999).percent().toString());
    assertFalse(of(1999).reaches(eighty));
    assertTrue(of(2000).reaches(eighty));
    assertTrue(of(2500).reaches(BigDecimal.valueOf(100)));
  }

  private static Marks of(int passed) {
    return new Marks(List.of(new Marks.Group("basic", passed, 2500, BigDecimal.ONE)));
  }
}
