package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScaleTest {
  @Test
  void linearKeepsItsEndsAndMarksRoundValues() {
    Scale scale = Scale.linear(0.5, 30);
    assertEquals(0, scale.at(0.5));
    assertEquals(1, scale.at(30));
    assertEquals(0.5, scale.at(15.25));
    assertEquals(List.of(5.0, 10.0, 15.0, 20.0, 25.0, 30.0), scale.ticks());
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "7, 8", "200, 200", "201, 250", "12345, 15000"})
  void countsEndAtARoundNumberNotBelowTheGreatest(double max, double end) {
    Scale scale = Scale.counts(max);
    assertEquals(1, scale.at(end));
    assertEquals(0, scale.ticks().get(0));
    assertEquals(end, scale.ticks().get(scale.ticks().size() - 1));
    assertTrue(scale.ticks().stream().allMatch(tick -> tick == Math.rint(tick)));
  }

  @Test
  void logarithmicGivesEachDecadeTheSameRoom() {
    Scale scale = Scale.logarithmic(1_000_000, 900_000_000);
    assertEquals(0, scale.at(1e6));
    assertEquals(1, scale.at(1e9), 1e-9);
    assertEquals(1 / 3.0, scale.at(1e7), 1e-9);
    assertEquals(List.of(1e6, 1e7, 1e8, 1e9), scale.ticks());
  }

  @Test
  void logarithmicOfLittleRangeMarksMore() {
    assertEquals(List.of(2e7, 5e7), Scale.logarithmic(20_100_000, 24_000_000).ticks());
    assertEquals(List.of(1.0, 2.0), Scale.logarithmic(1, 1).ticks());
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 2, 5, 9.99, 10, 999_936, 1e9})
  void everyValueLiesWithin(double value) {
    Scale scale = Scale.logarithmic(value, value);
    assertTrue(scale.at(value) >= -0.001 && scale.at(value) <= 1.001, () -> "" + scale.at(value));
    assertTrue(scale.ticks().size() >= 2);
  }

  @Test
  void nothingHasALogarithmAtZero() {
    assertThrows(IllegalArgumentException.class, () -> Scale.logarithmic(0, 5));
    assertThrows(IllegalArgumentException.class, () -> Scale.logarithmic(Double.NaN, 5));
  }
}
