/**
 * What an operator sees of a server process: health and metrics on a port of their own. It is off
 * by default, and then nothing of it is loaded.
 *
 * <ul>
 *   <li>{@link io.upper.admin.AdminVerticle} is the port: {@code /health/live}, {@code
 *       /health/ready} and {@code /metrics}.
 *   <li>{@link io.upper.admin.Metrics} are all metrics there are; {@link
 *       io.upper.admin.ServerMeters} those of the servers, {@link io.upper.admin.EventLoopLag} that
 *       of the event loops.
 * </ul>
 */
package io.upper.admin;
