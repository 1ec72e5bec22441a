package io.upper.stress.report;

import io.upper.stress.Phase;
import io.upper.stress.StressResult;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The percentile distribution of the corrected latency in milliseconds, as HdrHistogram's plotters
 * read it ({@code .hgrm}).
 */
public final class PercentileFile {
  private static final int STEPS_PER_HALF_DISTANCE = 5;
  private static final double NANOS_PER_MILLI = 1e6;

  private PercentileFile() {}

  /** The text of the file. */
  public static String of(StressResult result) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
      result
          .times()
          .get(Phase.CORRECTED)
          .outputPercentileDistribution(out, STEPS_PER_HALF_DISTANCE, NANOS_PER_MILLI);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
