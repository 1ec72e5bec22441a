/**
 * Everything drawn: charts and pages in SVG and HTML, tables and histograms as text. Without
 * scripts, libraries or downloads; readable on screen, in print and with a screen reader.
 *
 * <ul>
 *   <li>{@link io.upper.report.Scale} maps values to a line and chooses its ticks.
 *   <li>{@link io.upper.report.Plot} draws series over two axes, with a legend; {@link
 *       io.upper.report.Bars} draws bars in groups, {@link io.upper.report.Timeline} who was served
 *       when.
 *   <li>{@link io.upper.report.Page} is the HTML file around them; {@link io.upper.report.Markup}
 *       escapes text.
 *   <li>{@link io.upper.report.TextTable} and {@link io.upper.report.TextHistogram} are for a
 *       terminal; {@link io.upper.report.Terminal} detects the terminal at standard error.
 *   <li>{@link io.upper.report.Units} formats figures; {@link io.upper.report.Provenance} records
 *       their origin: command, versions and machine.
 * </ul>
 */
package io.upper.report;
