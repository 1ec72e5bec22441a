/**
 * Server processes that share the ports, and their supervision.
 *
 * <ul>
 *   <li>{@link io.upper.prefork.Supervisor} starts them, changes their configuration and stops
 *       them; {@link io.upper.prefork.ServerProcess} is one as it sees it.
 *   <li>{@link io.upper.prefork.Keeper} restarts one that dies, by a {@link
 *       io.upper.prefork.RestartPolicy}; {@link io.upper.prefork.Watchdog} kills one that hangs.
 *   <li>{@link io.upper.prefork.ProcessConfigurations} gives each its share of the limits.
 * </ul>
 */
package io.upper.prefork;
