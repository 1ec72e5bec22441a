package io.upper.client;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * A client over UDP. Datagrams may be lost, so a request without a reply is retransmitted. That can
 * duplicate replies, so a reply to an earlier request is ignored.
 */
final class DatagramClient implements UpperClient {
  private static final int MAX_ATTEMPTS = 3;
  private static final int MAX_EARLIER = 16;

  private final Vertx vertx;
  private final Context context;
  private final ClientSettings settings;
  private final Target target;
  private final TrafficListener listener;

  private ConnectedDatagrams socket;
  // Index of the next address to try; once the server has replied no other is tried.
  private int next;
  private boolean replied;

  private Promise<String> pending;
  private Buffer request;
  private Buffer expected;
  // The expected replies to recent requests: they may arrive late or twice.
  private final Deque<Buffer> earlier = new ArrayDeque<>();
  private long timer;

  private DatagramClient(
      Vertx vertx, ClientSettings settings, Target target, TrafficListener listener) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.settings = settings;
    this.target = target;
    this.listener = listener;
  }

  static Future<UpperClient> open(
      Vertx vertx, ClientSettings settings, Target target, TrafficListener listener) {
    DatagramClient client = new DatagramClient(vertx, settings, target, listener);
    try {
      client.connect();
      return Future.succeededFuture(client);
    } catch (IOException e) {
      return Future.failedFuture(settings.address() + ": " + ConnectFailure.reason(e));
    }
  }

  /** Connects to the next address that has a route. */
  private void connect() throws IOException {
    IOException failure = new PortUnreachableException();
    while (next < target.addresses().size()) {
      try {
        ConnectedDatagrams connected =
            new ConnectedDatagrams(
                context, target.addresses().get(next++), this::received, this::failed);
        if (socket != null) {
          socket.close();
        }
        socket = connected;
        return;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw failure;
  }

  @Override
  public synchronized Future<String> ask(String text) {
    if (expected != null) {
      earlier.addLast(expected);
    }
    if (earlier.size() > MAX_EARLIER) {
      earlier.removeFirst();
    }
    pending = Promise.promise();
    Message message = Message.of(text, settings.protocol(), settings.service());
    request = message.bytes();
    expected = message.expected();
    Future<String> reply = pending.future();
    send(pending, 1);
    return reply;
  }

  private synchronized void send(Promise<String> reply, int attempt) {
    if (pending != reply) {
      return;
    }
    if (attempt > MAX_ATTEMPTS) {
      fail(
          String.format(
              Locale.ROOT,
              "no reply to %d datagrams of %s, %s each",
              MAX_ATTEMPTS,
              Excerpt.of(request),
              settings.timeout()));
      return;
    }
    timer = vertx.setTimer(settings.timeoutSeconds() * 1000L, id -> send(reply, attempt + 1));
    listener.onTraffic(attempt == 1 ? "sent" : "sent again", request);
    try {
      socket.send(request);
    } catch (IOException e) {
      failed(e);
    }
  }

  private synchronized void failed(IOException cause) {
    if (pending == null) {
      return;
    }
    if (cause instanceof PortUnreachableException && !replied && next < target.addresses().size()) {
      try {
        connect();
        vertx.cancelTimer(timer);
        send(pending, 1);
        return;
      } catch (IOException e) {
        // No route to the others: report this one's failure.
      }
    }
    fail(ConnectFailure.reason(cause));
  }

  private synchronized void fail(String reason) {
    Promise<String> failed = pending;
    pending = null;
    vertx.cancelTimer(timer);
    failed.fail(settings.address() + ": " + reason);
  }

  private void received(Buffer reply) {
    Promise<String> done;
    listener.onTraffic("received", reply);
    synchronized (this) {
      boolean late = earlier.contains(reply) && !reply.equals(expected);
      if (pending == null || late) {
        return;
      }
      replied = true;
      done = pending;
      pending = null;
      vertx.cancelTimer(timer);
    }
    done.complete(reply.toString());
  }

  @Override
  public synchronized SocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public synchronized Future<Void> close() {
    if (pending != null) {
      fail("the client is closed");
    }
    try {
      socket.close();
      return Future.succeededFuture();
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
  }
}
