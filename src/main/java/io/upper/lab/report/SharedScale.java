package io.upper.lab.report;

import java.util.List;

/**
 * One scale of time for the pictures of all runs, so that a short picture is a fast model. One that
 * would be too narrow to be read has a scale of its own, and says how many times it is enlarged.
 */
final class SharedScale {
  // Of the longest, the narrowest that is readable. Ten clients make a ratio of ten.
  private static final int NARROWEST = 16;

  private final long longest;

  /**
   * @param ends of the pictures, in nanoseconds
   */
  SharedScale(List<Long> ends) {
    this.longest = ends.stream().mapToLong(Long::longValue).max().orElse(1);
  }

  /** Where the axis of a picture ends that ends then; at least 1, as a scale needs a length. */
  long axis(long end) {
    return Math.max(1, isEnlarged(end) ? end : longest);
  }

  boolean isEnlarged(long end) {
    return Math.max(1, end) * NARROWEST < longest;
  }

  /** {@code (enlarged 20 times)}, or nothing. */
  String remark(long end) {
    return isEnlarged(end)
        ? " (enlarged " + LabTable.factor((double) longest / axis(end)) + " times)"
        : "";
  }
}
