package io.upper.client;

import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;

/**
 * Asks over TCP or TLS. A stream does not say where a reply ends, so the client reckons how long it
 * will be.
 */
final class StreamClient implements UpperClient {
  private final ClientSettings settings;
  private final NetClient client;
  private final NetSocket socket;

  private Promise<String> asked;
  private int expected;
  private Buffer reply = Buffer.buffer();
  private String closed;

  private StreamClient(ClientSettings settings, NetClient client, NetSocket socket) {
    this.settings = settings;
    this.client = client;
    this.socket = socket;
    socket
        .handler(this::received)
        .exceptionHandler(cause -> lost(ConnectFailure.reason(cause)))
        .closeHandler(v -> lost("the server closed the connection"));
  }

  static Future<UpperClient> open(Vertx vertx, ClientSettings settings) {
    NetClientOptions options =
        new NetClientOptions()
            .setSsl(settings.protocol() == Protocol.TLS)
            .setConnectTimeout(settings.timeoutSeconds() * 1000)
            .setSslHandshakeTimeout(settings.timeoutSeconds());
    try {
      Trust.configure(vertx, options, settings);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    NetClient client = vertx.createNetClient(options);
    return client
        .connect(settings.port(), settings.host())
        .<UpperClient>map(socket -> new StreamClient(settings, client, socket))
        .recover(
            cause ->
                client
                    .close()
                    .transform(
                        v ->
                            Future.failedFuture(
                                settings.address() + ": " + ConnectFailure.reason(cause))));
  }

  @Override
  public synchronized Future<String> ask(String text) {
    if (closed != null) {
      return Future.failedFuture(settings.address() + ": " + closed);
    }
    asked = Promise.promise();
    expected = UpperClient.expected(settings, text).length();
    reply = Buffer.buffer();
    Future<String> answer = asked.future();
    if (expected == 0) {
      asked.complete("");
      asked = null;
    } else {
      socket.write(text).onFailure(cause -> lost(ConnectFailure.reason(cause)));
    }
    return answer;
  }

  private void received(Buffer bytes) {
    Promise<String> done;
    String text;
    synchronized (this) {
      reply.appendBuffer(bytes);
      if (asked == null || reply.length() < expected) {
        return;
      }
      done = asked;
      text = reply.toString();
      asked = null;
    }
    done.complete(text);
  }

  private void lost(String reason) {
    Promise<String> failed;
    String message;
    synchronized (this) {
      if (closed == null) {
        closed = reason;
      }
      if (asked == null) {
        return;
      }
      failed = asked;
      message =
          "%s: %s after %d of %d bytes of the reply"
              .formatted(settings.address(), closed, reply.length(), expected);
      asked = null;
    }
    failed.fail(message);
  }

  @Override
  public SocketAddress localAddress() {
    return socket.localAddress();
  }

  @Override
  public Future<Void> close() {
    return socket.close().eventually(client::close);
  }
}
