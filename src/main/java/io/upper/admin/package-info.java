/**
 * What an operator sees of a server process: health and metrics on a port of their own, and the
 * access log. All of it is off by default, and then nothing of it is loaded.
 *
 * <ul>
 *   <li>{@link io.upper.admin.AdminVerticle} is the port: {@code /health/live}, {@code
 *       /health/ready} and {@code /metrics}.
 *   <li>{@link io.upper.admin.Metrics} are all metrics there are; {@link
 *       io.upper.admin.ServerMeters} those of the servers, {@link io.upper.admin.EventLoopLag} that
 *       of the event loops.
 *   <li>{@link io.upper.admin.AccessLogOutput} writes the access log.
 * </ul>
 */
package io.upper.admin;
