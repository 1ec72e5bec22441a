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
 * Asks over UDP. A datagram may be lost, so a request without a reply is sent again; then replies
 * may come twice, so one that belongs to an earlier request is ignored.
 */
final class DatagramClient implements UpperClient {
  private static final int TRIES = 3;
  private static final int EARLIER = 16;

  private final Vertx vertx;
  private final Context context;
  private final ClientSettings settings;
  private final Target target;
  private final TrafficListener listener;

  private ConnectedDatagrams socket;
  // Index of the address after the socket's; no other is tried once the server has answered.
  private int next;
  private boolean answered;

  private Promise<String> asked;
  private Buffer request;
  private Buffer expected;
  // The expected replies of the last requests: they may come late, or twice.
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

  /** Connects to the next address that there is a way to. */
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
    if (earlier.size() > EARLIER) {
      earlier.removeFirst();
    }
    asked = Promise.promise();
    request = Buffer.buffer(text);
    expected = UpperClient.expected(settings, text);
    Future<String> answer = asked.future();
    send(asked, 1);
    return answer;
  }

  private synchronized void send(Promise<String> awaited, int attempt) {
    if (asked != awaited) {
      return;
    }
    if (attempt > TRIES) {
      fail(
          String.format(
              Locale.ROOT,
              "no reply to %d datagrams of %s, %s each",
              TRIES,
              Excerpt.of(request),
              settings.timeout()));
      return;
    }
    timer = vertx.setTimer(settings.timeoutSeconds() * 1000L, id -> send(awaited, attempt + 1));
    listener.moved(attempt == 1 ? "sent" : "sent again", request);
    try {
      socket.send(request);
    } catch (IOException e) {
      failed(e);
    }
  }

  private synchronized void failed(IOException cause) {
    if (asked == null) {
      return;
    }
    if (cause instanceof PortUnreachableException
        && !answered
        && next < target.addresses().size()) {
      try {
        connect();
        vertx.cancelTimer(timer);
        send(asked, 1);
        return;
      } catch (IOException e) {
        // There is no way to the others: this one's failure is the one to report.
      }
    }
    fail(ConnectFailure.reason(cause));
  }

  private synchronized void fail(String reason) {
    Promise<String> failed = asked;
    asked = null;
    vertx.cancelTimer(timer);
    failed.fail(settings.address() + ": " + reason);
  }

  private void received(Buffer reply) {
    Promise<String> done;
    listener.moved("received", reply);
    synchronized (this) {
      boolean late = earlier.contains(reply) && !reply.equals(expected);
      if (asked == null || late) {
        return;
      }
      answered = true;
      done = asked;
      asked = null;
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
    if (asked != null) {
      fail("the client was closed");
    }
    try {
      socket.close();
      return Future.succeededFuture();
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
  }
}
