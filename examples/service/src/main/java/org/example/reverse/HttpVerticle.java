package org.example.reverse;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.service.Service;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Supplier;

/**
 * The program's own verticle: the reply to {@code GET /?text=hello} is {@code olleh}. It uses the
 * service without a server: a function from bytes to bytes.
 */
final class HttpVerticle extends VerticleBase {
  private static final int BAD_REQUEST = 400;

  private final int port;
  private final Supplier<Service> services;
  private HttpServer server;

  /**
   * @param port 0 to 65535; 0 takes a free port
   */
  HttpVerticle(int port) {
    this.port = port;
    Reverse reverse = new Reverse();
    this.services = reverse.create(reverse.defaults());
  }

  /** The port that it listens on, once it is deployed. */
  int actualPort() {
    return server.actualPort();
  }

  @Override
  public Future<?> start() {
    server = vertx.createHttpServer().requestHandler(this::reply);
    return server.listen(port, "localhost");
  }

  private void reply(HttpServerRequest request) {
    String text = request.getParam("text");
    if (text == null) {
      request.response().setStatusCode(BAD_REQUEST).end("GET /?text=hello\n");
    } else {
      byte[] reply = Service.reply(services.get(), (text + "\n").getBytes(UTF_8));
      request.response().putHeader("content-type", "text/plain; charset=utf-8");
      request.response().end(Buffer.buffer(reply));
    }
  }
}
