/**
 * The servers, a verticle each, usable alone: {@link io.upper.server.TcpServerVerticle}, {@link
 * io.upper.server.TlsServerVerticle}, {@link io.upper.server.UdpServerVerticle}.
 *
 * <ul>
 *   <li>{@link io.upper.server.ServerGroup} is what the instances of one server share.
 *   <li>{@link io.upper.server.Session} is one connection: order, back pressure, half-close, drain.
 *   <li>{@link io.upper.server.DatagramExchange} is one datagram and its reply.
 * </ul>
 */
package io.upper.server;
