package io.upper.lesson;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Locale;

/**
 * A TCP server as a Vert.x verticle: a {@link NetServer} calls a handler for each connection, and
 * the connection calls one for each piece of the stream, which may end within a character. With
 * {@code -instances} several share the port, each on its own event loop.
 *
 * <pre>
 * ./upper run io.upper.lesson.VertxTcp -conf '{"port":2000}' -instances 4
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_async_protocols.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A client that sends but never reads fills the memory with replies ({@code
 *       tcp/pressure/back-pressure}): {@code io.upper.server.Session} stops reading while the write
 *       queue is full.
 *   <li>When a client half-closes, Vert.x closes the connection and pending replies are lost:
 *       {@code io.upper.server.HalfClose} keeps it open until they are sent.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}):
 *       {@code io.upper.text.Utf8Uppercase} keeps the first bytes until the others arrive.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxUdp}
 */
public final class VertxTcp extends VerticleBase {

  @Override
  public Future<?> start() {
    return vertx
        .createNetServer()
        .connectHandler(this::connected)
        .listen(config().getInteger("port", 2000))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()));
  }

  private void connected(NetSocket client) {
    System.out.println(Thread.currentThread().getName() + " serves " + client.remoteAddress());
    client.handler(request -> client.write(upper(request)));
  }

  private static String upper(Buffer text) {
    return text.toString().toUpperCase(Locale.ROOT);
  }

  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    JsonObject config = new JsonObject().put("port", port);
    Vertx.vertx().deployVerticle(VertxTcp::new, new DeploymentOptions().setConfig(config)).await();
  }
}
