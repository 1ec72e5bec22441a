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
 * A TCP client as a Vert.x verticle: its {@link NetClient} connects, sends a line, and after the
 * complete reply the next line. Nothing blocks: each step is a handler. A {@link RecordParser}
 * reassembles lines, wherever the stream was split.
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
 *   <li>It does not verify the replies: {@code io.upper.stress.StreamLoadClient} does.
 *   <li>It waits forever for a server that does not reply: {@code io.upper.client.StreamClient} has
 *       a timeout.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxWorker}
 */
public final class VertxClient extends VerticleBase {
  private final Promise<Void> done = Promise.promise();
  private Iterator<Object> messages;
  private NetClient client; // Vert.x closes an unreferenced one.

  /** Completes when all replies have arrived. */
  @Override
  public Future<?> start() {
    messages = config().getJsonArray("messages").iterator();
    client = vertx.createNetClient();
    return client
        .connect(config().getInteger("port", 2000), config().getString("host", "localhost"))
        .compose(this::connected);
  }

  private Future<Void> connected(NetSocket server) {
    server.closeHandler(v -> done.tryFail("the server has closed the connection"));
    server.handler(RecordParser.newDelimited("\n", reply -> received(server, reply)));
    askNext(server);
    return done.future();
  }

  private void received(NetSocket server, Buffer reply) {
    System.out.println("Reply is '" + reply + "'");
    askNext(server);
  }

  private void askNext(NetSocket server) {
    if (messages.hasNext()) {
      server.write(messages.next() + "\n");
    } else {
      done.complete();
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
