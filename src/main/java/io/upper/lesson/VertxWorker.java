package io.upper.lesson;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * A TCP server for blocking work: the event loop passes each request to a pool of worker threads
 * ({@link Vertx#executeBlocking(Callable, boolean)}) and continues. A connection is not read while
 * its request is in flight, so its replies keep their order.
 *
 * <pre>
 * ./upper run io.upper.lesson.VertxWorker -conf '{"port":2000}' -instances 4
 * (printf hello; sleep 1) | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_async_streams.py}, {@code tcp_async_protocols.py}: asyncio's {@code
 * to_thread}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Requests queue for a worker without bound, even those of clients that have left: {@code
 *       io.upper.model.WorkerPoolModel} removes those.
 *   <li>When a client half-closes, Vert.x closes the connection and the pending reply is lost (by
 *       chance; hence the sleep): {@code io.upper.server.HalfClose} keeps it open until it is sent.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxStreams}
 */
public final class VertxWorker extends VerticleBase {

  @Override
  public Future<?> start() {
    return vertx
        .createNetServer()
        .connectHandler(client -> client.handler(request -> serve(client, request)))
        .listen(config().getInteger("port", 2000))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()));
  }

  private void serve(NetSocket client, Buffer request) {
    client.pause();
    vertx
        .executeBlocking(() -> upper(request), false)
        .compose(client::write)
        .onSuccess(sent -> client.resume())
        .onFailure(cause -> client.close());
  }

  private static String upper(Buffer text) {
    System.out.println(Thread.currentThread().getName() + " works"); // And may sleep here.
    return text.toString().toUpperCase(Locale.ROOT);
  }

  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    JsonObject config = new JsonObject().put("port", port);
    DeploymentOptions options = new DeploymentOptions().setConfig(config);
    Vertx.vertx().deployVerticle(VertxWorker::new, options).await();
  }
}
