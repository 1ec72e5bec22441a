/**
 * What a lab session tells in files.
 *
 * <ul>
 *   <li>{@link io.upper.lab.report.LabJson} holds every request, for programs; and reads it back.
 * </ul>
 */
package io.upper.lab.report;
