package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.upper.report.Bars.Bar;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class BarsTest {
  private static final Pattern BAR = Pattern.compile("class=\"bar (s\\d)\".* width=\"([0-9.]+)\"");

  @Test
  void lengthsAreInProportionAndPlacesAlike() {
    String svg =
        new Bars("t", "d")
            .group("one", List.of(new Bar(10, "10"), new Bar(20, "20")))
            .group("two", List.of(new Bar(40, "40"), new Bar(0, "0")))
            .svg();
    List<MatchResult> bars = BAR.matcher(svg).results().toList();
    assertEquals(List.of("s1", "s2", "s1", "s2"), bars.stream().map(bar -> bar.group(1)).toList());
    double unit = Double.parseDouble(bars.get(0).group(2));
    assertEquals(2 * unit, Double.parseDouble(bars.get(1).group(2)), 0.11);
    assertEquals(4 * unit, Double.parseDouble(bars.get(2).group(2)), 0.21);
  }

  @Test
  void everyTextIsEscaped() {
    String evil = "<script>'&\"";
    String svg = new Bars(evil, evil).group(evil, List.of(new Bar(1, evil))).svg();
    assertFalse(svg.contains("<script"), svg);
  }
}
