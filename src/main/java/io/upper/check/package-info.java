/**
 * Grades any uppercase server: a {@link io.upper.check.Grader} finds out what the server is, runs
 * each {@link io.upper.check.CheckCase} with clients of its own, and reports a {@link
 * io.upper.check.Verdict} with evidence.
 */
package io.upper.check;
