/**
 * What an operator sees of a server process: health and metrics, on a separate port. Off by
 * default; then none of it is loaded.
 *
 * <ul>
 *   <li>{@link io.upper.admin.AdminVerticle} serves {@code /health/live}, {@code /health/ready} and
 *       {@code /metrics}.
 *   <li>{@link io.upper.admin.Metrics} holds all metrics; {@link io.upper.admin.ServerMeters} those
 *       of the servers, {@link io.upper.admin.EventLoopLag} the lag of the event loops.
 * </ul>
 */
package io.upper.admin;
