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
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Asks over UDP. A datagram may be lost, so a request without a reply is sent again; then replies
 * may come twice, so one that belongs to an earlier request is ignored.
 */
final class DatagramClient implements UpperClient {
  private static final int TRIES = 3;
  private static final int MAX_DATAGRAM = 65_535;
  private static final int EARLIER = 16;

  private final Vertx vertx;
  private final ClientSettings settings;
  private final DatagramSocket socket;
  private final String server;

  private Promise<String> asked;
  private Buffer expected;
  // The expected replies of the last requests: they may come late, or twice.
  private final Deque<Buffer> earlier = new ArrayDeque<>();
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
        .executeBlocking(() -> reachable(InetAddress.getByName(settings.host())))
        .recover(cause -> Future.failedFuture(settings.address() + ": the name is unknown"))
        .compose(server -> bind(vertx, settings, server));
  }

  /** A server that listens on all addresses replies from the one that it was asked at. */
  private static InetAddress reachable(InetAddress server) {
    return server.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : server;
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
    if (expected != null) {
      earlier.addLast(expected);
    }
    if (earlier.size() > EARLIER) {
      earlier.removeFirst();
    }
    asked = Promise.promise();
    expected = UpperClient.expected(settings, text);
    Future<String> answer = asked.future();
    if (text.isEmpty()) {
      // Vert.x cannot send an empty datagram.
      asked.complete("");
      asked = null;
    } else {
      send(asked, Buffer.buffer(text), 1);
    }
    return answer;
  }

  private synchronized void send(Promise<String> awaited, Buffer request, int attempt) {
    if (asked != awaited) {
      return;
    }
    if (attempt > TRIES) {
      fail(
          awaited,
          "no reply to %d datagrams, %d s each".formatted(TRIES, settings.timeoutSeconds()));
      return;
    }
    timer =
        vertx.setTimer(
            settings.timeoutSeconds() * 1000L, id -> send(awaited, request, attempt + 1));
    socket
        .send(request, settings.port(), server)
        .onFailure(cause -> fail(awaited, cause.getMessage()));
  }

  private synchronized void fail(Promise<String> awaited, String reason) {
    if (asked == awaited) {
      asked = null;
      vertx.cancelTimer(timer);
      awaited.fail(settings.address() + ": " + reason);
    }
  }

  private void received(DatagramPacket packet) {
    Promise<String> done;
    synchronized (this) {
      Buffer reply = packet.data();
      boolean late = earlier.contains(reply) && !reply.equals(expected);
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
  public synchronized Future<Void> close() {
    if (asked != null) {
      fail(asked, "the client was closed");
    }
    return socket.close();
  }
}
