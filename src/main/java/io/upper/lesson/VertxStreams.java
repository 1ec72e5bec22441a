package io.upper.lesson;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.util.Locale;

/**
 * A TCP server in sequential code: its handlers run in virtual threads ({@link
 * ThreadingModel#VIRTUAL_THREAD}, Java 21), where {@link Future#await()} waits without blocking a
 * platform thread.
 *
 * <pre>
 * ./upper run io.upper.lesson.VertxStreams -conf '{"port":2000}' --virtual-thread
 * (printf hello; sleep 1) | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_async_streams.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The virtual threads of a verticle run one at a time: one that computes delays the others.
 *       In {@code io.upper.model.ThreadPerConnectionModel} threads run in parallel.
 *   <li>When a client half-closes, Vert.x closes the connection and pending replies are lost (hence
 *       the sleep): {@code io.upper.server.HalfClose} keeps it open until they are sent.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxEventBus}
 */
public final class VertxStreams extends VerticleBase {

  @Override
  public Future<?> start() {
    return vertx
        .createNetServer()
        .connectHandler(this::serve)
        .listen(config().getInteger("port", 2000))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()));
  }

  private void serve(NetSocket client) {
    client.pause();
    for (Buffer text = read(client).await(); text != null; text = read(client).await()) {
      client.write(text.toString().toUpperCase(Locale.ROOT)).await();
    }
  }

  /** The next bytes from the client, or null at the end of its input. */
  private static Future<Buffer> read(NetSocket client) {
    Promise<Buffer> read = Promise.promise();
    client.handler(read::tryComplete).endHandler(end -> read.tryComplete());
    client.fetch(1);
    return read.future();
  }

  public static void main(String[] args) {
    if (Runtime.version().feature() < 21) {
      System.err.println("vertx-streams needs Java 21 or later, for virtual threads");
      System.exit(2);
    }
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    DeploymentOptions options =
        new DeploymentOptions()
            .setThreadingModel(ThreadingModel.VIRTUAL_THREAD)
            .setConfig(new JsonObject().put("port", port));
    Vertx.vertx().deployVerticle(VertxStreams::new, options).await();
  }
}
