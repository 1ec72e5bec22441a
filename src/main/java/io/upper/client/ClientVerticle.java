package io.upper.client;

import io.upper.config.Protocol;
import io.upper.config.Section;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * Sends the configured messages to a server, one after the other, and prints the replies as the
 * Python clients do. Its start completes with the last reply and fails if one is missing.
 *
 * <pre>
 *   { "protocol": "tcp", "host": "localhost", "port": 2000, "messages": ["hello"],
 *     "ca": "certs/ca-cert.pem", "insecure": false, "service": "uppercase",
 *     "timeoutSeconds": 5, "exit": false }
 * </pre>
 *
 * These are the defaults; for TLS the default port is 2443. {@code "charset": "ascii"} is a setting
 * of uppercase. With {@code exit} the verticle closes its Vert.x instance when it is done, so
 * {@code upper run} exits.
 */
public final class ClientVerticle extends VerticleBase {
  private static final JsonObject DEFAULTS =
      new JsonObject()
          .put("protocol", "tcp")
          .put("host", "localhost")
          .put("messages", new JsonArray().add("hello"))
          .put("ca", ClientSettings.DEFAULT_CA)
          .put("insecure", false)
          .put("service", "uppercase")
          .put("timeoutSeconds", ClientSettings.DEFAULT_TIMEOUT_SECONDS)
          .put("exit", false);

  /** A request and its reply, and the client's address as the server saw it. */
  public record Exchange(Protocol protocol, String request, String reply, SocketAddress client) {}

  private final Consumer<Exchange> replyHandler;
  private UpperClient client;

  /** Prints the replies. */
  public ClientVerticle() {
    this(exchange -> System.out.println("Reply is '" + exchange.reply() + "'"));
  }

  /**
   * Passes each exchange to a consumer.
   *
   * @param replyHandler called on the verticle's event loop; an exception from it fails the start
   */
  public ClientVerticle(Consumer<Exchange> replyHandler) {
    this.replyHandler = replyHandler;
  }

  @Override
  public Future<?> start() {
    JsonObject config = DEFAULTS.copy().mergeIn(config());
    Section section = new Section(config, "");
    List<String> messages = section.optionalTexts("messages");
    boolean exit = section.flag("exit");
    ClientSettings settings = ClientSettings.read(section);
    section.end();
    return UpperClient.open(vertx, settings)
        .onSuccess(opened -> client = opened)
        .compose(opened -> askAll(settings, messages == null ? List.of() : messages))
        .onSuccess(
            v -> {
              if (exit) {
                // Deferred until the start has completed: closing earlier would fail it.
                context.runOnContext(deployed -> vertx.close());
              }
            });
  }

  private Future<Void> askAll(ClientSettings settings, List<String> messages) {
    Future<Void> last = Future.succeededFuture();
    for (String message : messages) {
      last = last.compose(v -> ask(settings, message));
    }
    return last;
  }

  private Future<Void> ask(ClientSettings settings, String message) {
    return client
        .ask(message)
        .map(
            reply -> {
              replyHandler.accept(
                  new Exchange(settings.protocol(), message, reply, client.localAddress()));
              return null;
            });
  }

  @Override
  public Future<?> stop() {
    return client == null ? Future.succeededFuture() : client.close();
  }
}
