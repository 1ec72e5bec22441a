/**
 * The servers, a verticle each, usable alone: {@link io.upper.server.TcpServerVerticle}, {@link
 * io.upper.server.TlsServerVerticle}, {@link io.upper.server.UdpServerVerticle}.
 *
 * <ul>
 *   <li>{@link io.upper.server.ServerGroup} is what the instances of one server share.
 *   <li>{@link io.upper.server.Session} is one connection: order, back pressure, half-close, drain;
 *       {@link io.upper.server.SessionState} draws its states.
 *   <li>{@link io.upper.server.DatagramExchange} is one datagram and its reply.
 * </ul>
 *
 * <p>Everything about a connection or a datagram runs on one event loop, that of its instance; only
 * the model may pass a request to other threads. Classes that instances share are thread-safe and
 * say so.
 *
 * <p>What limits each wait:
 *
 * <pre>
 *   the client neither sends nor reads its replies    SessionSweep: idleTimeoutSeconds
 *   no thread or process is free                      SessionSweep: maxWaitMillis
 *   a job takes long                                  nothing; for a child process see docs/models.md
 *   the server has closed, the client has not         LingeringClose
 *   the server stops                                  Drain, then Vert.x: drainSeconds
 *   TLS handshake, before the session                 Vert.x: handshakeTimeoutSeconds
 *   PROXY header, and any handshake during a stop     HandshakeTimeout
 * </pre>
 */
package io.upper.server;
