package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Iterator;
import java.util.List;

/**
 * A TCP client as a Vert.x verticle: its {@link NetClient} connects, sends one line, and when the
 * whole reply has come, the next. Nothing waits: each step is a handler. A {@link RecordParser}
 * puts the pieces of a line together, however the stream was cut.
 *
 * <pre>
 * ./upper lesson tcp-thread 2000
 * printf 'hello\nworld\n' | ./upper lesson vertx-client localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_client.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>It does not compare the replies with what is right: {@code
 *       io.upper.stress.StreamLoadClient} does.
 *   <li>A server that does not reply lets it wait for ever: {@code io.upper.client.StreamClient}
 *       has a time limit.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxWorker}
 */
public final class VertxClient extends VerticleBase {
  private final Promise<Void> answered = Promise.promise();
  private Iterator<Object> messages;
  private NetClient client; // Vert.x closes one that nobody refers to.

  /** Completes when all messages are answered. */
  @Override
  public Future<?> start() {
    messages = config().getJsonArray("messages").iterator();
    client = vertx.createNetClient();
    return client
        .connect(config().getInteger("port", 2000), config().getString("host", "localhost"))
        .compose(this::connected);
  }

  private Future<Void> connected(NetSocket server) {
    server.closeHandler(v -> answered.tryFail("the server has closed the connection"));
    server.handler(RecordParser.newDelimited("\n", reply -> received(server, reply)));
    askNext(server);
    return answered.future();
  }

  private void received(NetSocket server, Buffer reply) {
    System.out.println("Reply is '" + reply + "'");
    askNext(server);
  }

  private void askNext(NetSocket server) {
    if (messages.hasNext()) {
      server.write(messages.next() + "\n");
    } else {
      answered.complete();
    }
  }

  public static void main(String[] args) {
    List<String> lines =
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).lines().toList();
    JsonObject config = new JsonObject().put("messages", new JsonArray(lines));
    config.put("host", args.length > 0 ? args[0] : "localhost");
    config.put("port", args.length > 1 ? Integer.parseInt(args[1]) : 2000);
    Vertx vertx = Vertx.vertx();
    try {
      vertx.deployVerticle(VertxClient::new, new DeploymentOptions().setConfig(config)).await();
    } finally {
      vertx.close().await();
    }
  }
}
