package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.lab.ServedRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkersTest {
  @ParameterizedTest
  @CsvSource({"0, A", "25, Z", "26, AA", "27, AB", "51, AZ", "52, BA", "701, ZZ", "702, AAA"})
  void lettersDoNotRunOut(int number, String label) {
    assertEquals(label, Workers.label(number));
  }

  @Test
  void whoBeganFirstIsA() {
    Workers workers =
        new Workers(
            List.of(
                new ServedRequest(0, 0, 0, 20, 30, 30, "late"),
                new ServedRequest(1, 0, 0, 10, 20, 20, "early"),
                new ServedRequest(0, 1, 30, 30, 40, 40, "early")));
    assertEquals(List.of("early", "late"), workers.names());
    assertEquals("A", workers.label("early"));
    assertEquals("B", workers.label("late"));
  }
}
