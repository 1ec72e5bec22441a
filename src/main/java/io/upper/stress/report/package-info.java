/**
 * The reports of a load run: progress while it lasts, results at its end.
 *
 * <ul>
 *   <li>{@link io.upper.stress.report.LiveDisplay} shows the progress, on standard error.
 *   <li>{@link io.upper.stress.report.Summary} is the text report; {@link
 *       io.upper.stress.report.HtmlReport}, {@link io.upper.stress.report.JsonReport} and {@link
 *       io.upper.stress.report.PercentileFile} are written to files.
 *   <li>{@link io.upper.stress.report.Advice} and {@link io.upper.stress.report.ConnectAdvice} say
 *       which figures are doubtful, and what to do.
 *   <li>{@link io.upper.stress.report.Gate} is a condition under which a run fails.
 * </ul>
 *
 * docs/stress.md says what each figure means.
 */
package io.upper.stress.report;
