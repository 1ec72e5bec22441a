/**
 * The lab: the same load on every model, and on growing numbers of instances, side by side.
 *
 * <ul>
 *   <li>{@link io.upper.lab.LabResult} is what was measured, and all that the reports draw.
 * </ul>
 */
package io.upper.lab;
