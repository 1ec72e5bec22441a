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
   * How many times the requests of the first point another one can serve at best: in proportion to
   * the jobs that are done at once. An instance whose loop is blocked does one; the one with the
   * most clients is done last. A job that waits does not block the loop of every model, and one
   * that computes needs a processor.
   */
  public double ideal(Point point, Load load, int processors) {
    return atOnce(point.instances(), load.clients(), processors)
        / atOnce(points.get(0).instances(), load.clients(), processors);
  }

  private double atOnce(int instances, int clients, int processors) {
    boolean waits = job.kind() == Job.Kind.SLEEP;
    if (waits && overlaps()) {
      return clients;
    }
    int most = (clients + instances - 1) / instances;
    double busy = (double) clients / most;
    return waits ? busy : Math.min(busy, processors);
  }

  /** Whether one instance serves others while a job waits. */
  public boolean overlaps() {
    return LabModel.ofEventLoops().stream()
        .anyMatch(known -> known.word().equals(model) && known.parallelism().limit() > 1);
  }

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
