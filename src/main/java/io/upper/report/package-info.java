/**
 * Everything drawn: charts and pages in SVG and HTML, tables and histograms in text. No script, no
 * library and nothing to download: made to be read on a screen, on paper and by a screen reader.
 *
 * <ul>
 *   <li>{@link io.upper.report.Scale} maps values to a line and chooses its ticks.
 *   <li>{@link io.upper.report.Plot} draws series over two axes, with a legend; {@link
 *       io.upper.report.Bars} amounts side by side; {@link io.upper.report.Timeline} who was served
 *       when.
 *   <li>{@link io.upper.report.Page} is the file around them: style, tables, foot; {@link
 *       io.upper.report.Markup} escapes text.
 *   <li>{@link io.upper.report.TextTable} and {@link io.upper.report.TextHistogram} are for a
 *       terminal; {@link io.upper.report.Terminal} finds out what standard error is.
 *   <li>{@link io.upper.report.Units} writes figures; {@link io.upper.report.Provenance} is where
 *       they come from: command, versions and machine.
 * </ul>
 */
package io.upper.report;
