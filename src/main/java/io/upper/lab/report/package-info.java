/**
 * What a lab session tells.
 *
 * <ul>
 *   <li>{@link io.upper.lab.report.LabJson} holds every request, for programs; and reads it back;
 *       SessionCheck says what cannot be drawn.
 *   <li>{@link io.upper.lab.report.LabHtml} is the report to look at, {@link
 *       io.upper.lab.report.LabText} the one for a terminal.
 *   <li>{@link io.upper.lab.report.ChromeTrace} writes it for trace viewers, with TraceEvents on
 *       TraceThreads.
 *   <li>Pictures: RunPicture and TextTimeline (who was served when), AtOncePlot; Excerpt chooses
 *       what of a large run is drawn, SharedScale how long a second is.
 *   <li>Sentences: Findings on a run, made of Waiting, Shares and Deviation; Sentences on its
 *       requests; Causes has what these waited for; ScalingText on a curve; Questions on the
 *       session.
 *   <li>LabTable has the figures, Workers the letters for who served.
 * </ul>
 */
package io.upper.lab.report;
