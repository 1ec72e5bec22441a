/**
 * What a run of the load generator tells its user: while it lasts and when it is over.
 *
 * <ul>
 *   <li>{@link io.upper.stress.report.LiveDisplay} shows how it stands, on standard error.
 *   <li>{@link io.upper.stress.report.Summary} is the report in text; {@link
 *       io.upper.stress.report.HtmlReport}, {@link io.upper.stress.report.JsonReport} and {@link
 *       io.upper.stress.report.PercentileFile} are those in files.
 *   <li>{@link io.upper.stress.report.Advice} tells which figures to doubt, and what to do.
 *   <li>{@link io.upper.stress.report.Gate} is a condition under which a run has failed.
 * </ul>
 *
 * docs/stress.md says what each figure means.
 */
package io.upper.stress.report;
