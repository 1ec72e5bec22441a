/**
 * What a lab session tells in files.
 *
 * <ul>
 *   <li>{@link io.upper.lab.report.LabJson} holds every request, for programs; and reads it back.
 *   <li>{@link io.upper.lab.report.LabHtml} is the report to look at, drawn from that JSON.
 *   <li>{@link io.upper.lab.report.LabTable} has the figures, {@link io.upper.lab.report.Findings}
 *       the sentences, {@link io.upper.lab.report.Workers} the letters for who served: also for the
 *       terminal.
 * </ul>
 */
package io.upper.lab.report;
