package io.upper.lab;

import io.upper.job.Job;
import java.time.Duration;
import java.util.List;

/**
 * The same load over growing numbers of instances.
 *
 * @param model the model's word
 * @param points by instances, growing; what failed is left out
 * @param failures of those, a line each
 */
public record ScalingCurve(String model, Job job, List<Point> points, List<String> failures) {

  /**
   * One run.
   *
   * @param answered right replies
   * @param wall from the first request sent to the last reply
   * @param cpu processor time of the server meanwhile
   */
  public record Point(int instances, long answered, Duration wall, Duration cpu) {

    /** Right replies per second. */
    public double throughput() {
      return answered * 1e9 / wall.toNanos();
    }
  }
}
