/**
 * The load generator.
 *
 * <ul>
 *   <li>{@link io.upper.stress.StressSettings} says what load to put on a server, {@link
 *       io.upper.stress.StressResult} what was measured, {@link io.upper.stress.Progress} how a run
 *       stands.
 *   <li>{@link io.upper.stress.StressRun} is a run: it starts the clients and gathers what they
 *       see.
 *   <li>{@link io.upper.stress.LoadClient} is a client that sends by plan or when it has its reply;
 *       {@link io.upper.stress.StreamLoadClient} does so over TCP and TLS, {@link
 *       io.upper.stress.DatagramLoadClient} over UDP.
 *   <li>{@link io.upper.stress.Measurements} is where they record times and faults.
 * </ul>
 */
package io.upper.stress;
