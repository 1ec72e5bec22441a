package io.upper.stress.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.stress.Phase;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PercentileFileTest {
  @Test
  void holdsTheCorrectedLatencyInMilliseconds() {
    String file =
        PercentileFile.of(Results.ten().time(Phase.CORRECTED, 10, 40 * Results.MILLI).get());
    List<String> rows = file.lines().filter(line -> line.matches(" +[0-9].*")).toList();
    assertEquals(List.of("1.000", "0.000000000000"), first(rows.get(0)), file);
    assertEquals(List.of("40.010", "1.000000000000"), first(rows.get(rows.size() - 1)), file);
    assertTrue(file.contains("Value     Percentile TotalCount 1/(1-Percentile)"), file);
    assertTrue(file.contains("Total count    =           20"), file);
  }

  @Test
  void isTheSameInEveryLocale() {
    String file = PercentileFile.of(Results.ten().get());
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertEquals(file, PercentileFile.of(Results.ten().get()));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void nothingMeasuredIsAFileToo() {
    assertTrue(PercentileFile.of(Results.none().get()).contains("Total count    =            0"));
  }

  private static List<String> first(String row) {
    return List.of(row.strip().split(" +")).subList(0, 2);
  }
}
