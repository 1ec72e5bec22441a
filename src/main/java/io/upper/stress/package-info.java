/**
 * The load generator.
 *
 * <ul>
 *   <li>{@link io.upper.stress.StressSettings} describes the load, {@link
 *       io.upper.stress.StressResult} the measurements, {@link io.upper.stress.Progress} the state
 *       of a run.
 *   <li>{@link io.upper.stress.StressRun} starts the clients, samples and ends a run; {@link
 *       io.upper.stress.RunState} is what its clients share.
 *   <li>{@link io.upper.stress.LoadClient} is a client in an open or closed loop: {@link
 *       io.upper.stress.StreamLoadClient} over TCP and TLS, {@link
 *       io.upper.stress.DatagramLoadClient} over UDP.
 *   <li>{@link io.upper.stress.Measurements} records times and faults.
 * </ul>
 */
package io.upper.stress;
