package io.upper.client;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;

/**
 * Asks over UDP. A datagram may be lost, so a request without a reply is sent again; then replies
 * may come twice, so one that belongs to an earlier request is ignored.
 */
final class DatagramClient implements UpperClient {
  private static final int TRIES = 3;
  private static final int MAX_DATAGRAM = 65_535;

  private final Vertx vertx;
  private final ClientSettings settings;
  private final DatagramSocket socket;
  private final String server;

  private Promise<String> asked;
  // The expected reply of a request that was sent more than once.
  private Buffer repeated;
  private Buffer expected;
  private long timer;

  private DatagramClient(
      Vertx vertx, ClientSettings settings, DatagramSocket socket, InetAddress server) {
    this.vertx = vertx;
    this.settings = settings;
    this.socket = socket;
    this.server = server.getHostAddress();
    socket.handler(this::received);
  }

  static Future<UpperClient> open(Vertx vertx, ClientSettings settings) {
    return vertx
        .executeBlocking(() -> InetAddress.getByName(settings.host()))
        .recover(cause -> Future.failedFuture(settings.address() + ": the name is unknown"))
        .compose(server -> bind(vertx, settings, server));
  }

  private static Future<UpperClient> bind(
      Vertx vertx, ClientSettings settings, InetAddress server) {
    boolean ipv6 = server.getAddress().length > 4;
    DatagramSocket socket =
        vertx.createDatagramSocket(
            new DatagramSocketOptions().setIpV6(ipv6).setReceiveBufferSize(MAX_DATAGRAM));
    return socket
        .listen(0, ipv6 ? "::" : "0.0.0.0")
        .map(bound -> new DatagramClient(vertx, settings, bound, server));
  }

  @Override
  public synchronized Future<String> ask(String text) {
    asked = Promise.promise();
    expected = UpperClient.expected(settings, text);
    Future<String> answer = asked.future();
    if (text.isEmpty()) {
      // Vert.x cannot send an empty datagram.
      asked.complete("");
      asked = null;
    } else {
      send(Buffer.buffer(text), 1);
    }
    return answer;
  }

  private synchronized void send(Buffer request, int attempt) {
    Promise<String> awaited = asked;
    if (awaited == null) {
      return;
    }
    if (attempt > TRIES) {
      asked = null;
      awaited.fail(
          "%s: no reply to %d datagrams, %d s each"
              .formatted(settings.address(), TRIES, settings.timeoutSeconds()));
      return;
    }
    if (attempt > 1) {
      repeated = expected;
    }
    timer = vertx.setTimer(settings.timeoutSeconds() * 1000L, id -> send(request, attempt + 1));
    socket
        .send(request, settings.port(), server)
        .onFailure(cause -> awaited.tryFail(settings.address() + ": " + cause.getMessage()));
  }

  private void received(DatagramPacket packet) {
    Promise<String> done;
    synchronized (this) {
      Buffer reply = packet.data();
      boolean late = reply.equals(repeated) && !reply.equals(expected);
      boolean stranger =
          packet.sender().port() != settings.port()
              || !packet.sender().hostAddress().equals(server);
      if (asked == null || late || stranger) {
        return;
      }
      done = asked;
      asked = null;
      vertx.cancelTimer(timer);
    }
    done.tryComplete(packet.data().toString());
  }

  @Override
  public SocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public Future<Void> close() {
    return socket.close();
  }
}
