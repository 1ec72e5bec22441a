package io.upper.check.course;

import java.time.Duration;

/**
 * What each submission may use.
 *
 * @param time of its grading, from start to end
 * @param processes at a time, without the grader's own
 * @param memory resident bytes of all its processes together
 */
public record Limits(Duration time, int processes, long memory) {}
