/**
 * The servers, a verticle each, usable alone: {@link io.upper.server.TcpServerVerticle}, {@link
 * io.upper.server.TlsServerVerticle}, {@link io.upper.server.UdpServerVerticle}.
 *
 * <ul>
 *   <li>{@link io.upper.server.ServerGroup} is what the instances of one server share.
 *   <li>{@link io.upper.server.Session} is one connection: order, back pressure, half-close, drain;
 *       {@link io.upper.server.SessionState} draws its life.
 *   <li>{@link io.upper.server.DatagramExchange} is one datagram and its reply.
 * </ul>
 *
 * <p>All that concerns a connection or a datagram runs on one event loop, that of the instance that
 * serves it; only the model may hand a request to other threads. What instances share is
 * thread-safe, and says so.
 *
 * <p>Who ends what takes too long:
 *
 * <pre>
 *   the client neither sends nor reads its replies    IdleSweep: idleTimeoutSeconds
 *   no thread or process has time for it              IdleSweep: maxWaitMillis
 *   its work takes long                               nobody, but a child has the clock of its model
 *   the server has ended, the client has not          LingeringClose
 *   the server stops                                  Drain, then Vert.x: drainSeconds
 *   handshake or PROXY header, before the session     HandshakeTimeout
 * </pre>
 */
package io.upper.server;
