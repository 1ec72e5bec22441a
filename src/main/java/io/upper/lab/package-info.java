/**
 * The lab: the same load on every model, and on growing numbers of instances, side by side.
 *
 * <ul>
 *   <li>{@link io.upper.lab.ModelComparison} and {@link io.upper.lab.Scaling} make the runs.
 *   <li>{@link io.upper.lab.Workbench} is what they are made on: servers in child JVMs.
 *   <li>{@link io.upper.lab.LabResult} is what was measured, and all that the reports draw.
 * </ul>
 */
package io.upper.lab;
