package io.upper.lesson;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * A UDP server as a Vert.x verticle: a {@link DatagramSocket} calls a handler for each datagram.
 * Several instances share the port by SO_REUSEPORT, which needs Vert.x's native transport ({@code
 * upper run} has it; Vert.x's own launchers need {@code -options
 * '{"preferNativeTransport":true}'}).
 *
 * <pre>
 * ./upper run io.upper.lesson.VertxUdp -conf '{"port":2000}' -instances 4
 * echo hello | nc -u -w1 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_async.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Datagrams are truncated to 2,048 bytes ({@code udp/size/9000}), and an empty one gets no
 *       reply ({@code udp/size/empty}): {@code io.upper.server.UdpChannel} receives and sends any
 *       size.
 *   <li>The source of a datagram can be forged: {@code io.upper.server.UdpServerVerticle} drops
 *       datagrams from server ports.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxTls}
 */
public final class VertxUdp extends VerticleBase {
  private DatagramSocket socket;

  @Override
  public Future<?> start() {
    boolean shared = vertx.isNativeTransportEnabled();
    socket = vertx.createDatagramSocket(new DatagramSocketOptions().setReusePort(shared));
    return socket
        .handler(this::received)
        .listen(config().getInteger("port", 2000), "0.0.0.0")
        .onSuccess(v -> System.out.println("listening on port " + socket.localAddress().port()));
  }

  private void received(DatagramPacket request) {
    System.out.println(Thread.currentThread().getName() + " replies to " + request.sender());
    String reply = request.data().toString().toUpperCase(Locale.ROOT);
    socket
        .send(reply, request.sender().port(), request.sender().host())
        .onFailure(cause -> System.out.println("no reply: " + cause.getMessage()));
  }

  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    JsonObject config = new JsonObject().put("port", port);
    Vertx.vertx().deployVerticle(VertxUdp::new, new DeploymentOptions().setConfig(config)).await();
  }
}
