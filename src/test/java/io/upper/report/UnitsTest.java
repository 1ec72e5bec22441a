package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0,            0 s,     0s",
    "7,            7 ns,    7ns",
    "999,          999 ns,  999ns",
    "1000,         1.00 µs, 1µs",
    "999499,       999 µs,  999.5µs",
    "999600,       1.00 ms, 999.6µs", // not 1000 µs
    "999960,       1.00 ms, 1ms",
    "7300000,      7.30 ms, 7.3ms",
    "73000000,     73.0 ms, 73ms",
    "5001215,      5.00 ms, 5.001ms",
    "1500000000,   1.50 s,  1.5s",
    "123456000000, 123 s,   123.5s",
    "3600000000000, 3600 s, 3600s",
  })
  void timeHasTheUnitThatSuitsIt(long nanos, String time, String shortTime) {
    assertEquals(time, Units.time(nanos));
    assertEquals(shortTime, Units.shortTime(nanos));
  }

  @ParameterizedTest
  @CsvSource({
    "0,     10,     0 %",
    "10,    10,     100 %",
    "1,     8,      12.5 %",
    "1,     100000, under 0.1 %",
    "99999, 100000, over 99.9 %",
    "0,     0,      0 %",
  })
  void percentDoesNotRoundToAllOrNothing(long part, long whole, String percent) {
    assertEquals(percent, Units.percent(part, whole));
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0", "12.34, 12.3", "99.94, 99.9", "100, 100", "12345.6, '12,346'"})
  void rateIsAsExactAsItIsSmall(double rate, String text) {
    assertEquals(text, Units.rate(rate));
  }
}
