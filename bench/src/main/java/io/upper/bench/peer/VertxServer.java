package io.upper.bench.peer;

import io.upper.service.Service;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Set;

/** Like the echo example of Vert.x: public API, two instances, the same kernel. */
public final class VertxServer extends VerticleBase {
  private static final int INSTANCES = 2;
  private static final int SHARED_PORT = -1;
  // Port 0 would give each socket a different port.
  private static final int UDP_PORT = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);

  private static TextCharset charset;

  private final String protocol;
  private final String certificates;

  private VertxServer(String protocol, String certificates) {
    this.protocol = protocol;
    this.certificates = certificates;
  }

  /** Serves {@code tcp|udp|tls CERTIFICATES jdk UTF_8|ASCII}. */
  public static void main(String[] args) throws Exception {
    charset = TextCharset.valueOf(args[3]);
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    vertx
        .deployVerticle(
            () -> new VertxServer(args[0], args[1]),
            new DeploymentOptions().setInstances(INSTANCES))
        .onFailure(
            cause -> {
              cause.printStackTrace();
              System.exit(1);
            });
  }

  @Override
  public Future<?> start() {
    return (protocol.equals("udp") ? datagrams() : stream())
        .onSuccess(port -> System.out.println("vertx listening on 127.0.0.1:" + port));
  }

  private Future<Integer> stream() {
    NetServerOptions options = new NetServerOptions();
    if (protocol.equals("tls")) {
      options
          .setSsl(true)
          .setEnabledSecureTransportProtocols(Set.of("TLSv1.3", "TLSv1.2"))
          .setKeyCertOptions(
              new PemKeyCertOptions()
                  .setCertPath(certificates + "/server-cert.pem")
                  .setKeyPath(certificates + "/server-key.pem"));
    }
    return vertx
        .createNetServer(options)
        .connectHandler(VertxServer::serve)
        .listen(SHARED_PORT, "127.0.0.1")
        .map(server -> server.actualPort());
  }

  private static void serve(NetSocket socket) {
    socket
        .handler(
            bytes -> {
              socket.write(upper(bytes));
              if (socket.writeQueueFull()) {
                socket.pause();
                socket.drainHandler(v -> socket.resume());
              }
            })
        .exceptionHandler(cause -> socket.close());
  }

  private Future<Integer> datagrams() {
    var socket =
        vertx.createDatagramSocket(
            // Each receive allocates this size, too.
            new DatagramSocketOptions().setReusePort(true).setReceiveBufferSize(65_535));
    socket.handler(
        packet ->
            socket.send(upper(packet.data()), packet.sender().port(), packet.sender().host()));
    return socket.listen(UDP_PORT, "127.0.0.1").map(bound -> bound.localAddress().port());
  }

  private static Buffer upper(Buffer bytes) {
    return Buffer.buffer(Service.reply(Uppercase.of(charset), bytes.getBytes()));
  }
}
