/**
 * Charts without a library: SVG and HTML as text, made to be read on a screen, on paper and by a
 * screen reader, with no script and nothing to download.
 *
 * <ul>
 *   <li>{@link io.upper.chart.Scale} maps values to a line and chooses its ticks.
 *   <li>{@link io.upper.chart.Plot} draws series over two axes, with a legend; {@link
 *       io.upper.chart.Bars} amounts side by side; {@link io.upper.chart.Timeline} who was served
 *       when.
 *   <li>{@link io.upper.chart.Page} is the file around them: style, tables, foot.
 *   <li>{@link io.upper.chart.Markup} escapes text.
 * </ul>
 */
package io.upper.chart;
