package io.upper.polyglot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each verticle answers, and so does the server of Upper that it has deployed. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 2, timeUnit = TimeUnit.MINUTES)
class PolyglotTest {

  @ParameterizedTest
  @ValueSource(strings = {"io.upper.polyglot.KotlinUpper", "io.upper.polyglot.GroovyUpper"})
  void servesAndDeploysUpper(String verticle, Vertx vertx, VertxTestContext test)
      throws IOException {
    int own = freePort();
    int upper = freePort();
    JsonObject config =
        new JsonObject().put("port", own).put("upper", new JsonObject().put("port", upper));
    vertx
        .deployVerticle(verticle, new DeploymentOptions().setConfig(config))
        .compose(id -> Future.all(ask(vertx, own, "hello"), ask(vertx, upper, "straße")))
        .onComplete(
            test.succeeding(
                replies ->
                    test.verify(
                        () -> {
                          assertEquals(List.of("HELLO", "STRASSE"), replies.list());
                          test.completeNow();
                        })));
  }

  /** Programs that are no verticles: what they read is the request, what they print the reply. */
  @ParameterizedTest
  @ValueSource(strings = {"upper_filter.sh", "../upper_filter.py"})
  void aFilterInAnyLanguageServes(String filter, Vertx vertx, VertxTestContext test)
      throws IOException {
    int port = freePort();
    JsonArray command =
        filter.endsWith(".py")
            ? new JsonArray().add("python3").add(filter)
            : new JsonArray().add("sh").add(filter);
    JsonObject config =
        new JsonObject()
            .put("port", port)
            .put("model", "process-per-connection")
            .put("command", command);
    vertx
        .deployVerticle(
            "io.upper.server.TcpServerVerticle", new DeploymentOptions().setConfig(config))
        .compose(id -> ask(vertx, port, "hello\n"))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("HELLO\n", reply);
                          test.completeNow();
                        })));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Until the reply has as many bytes as the request: ß becomes SS, also two bytes in UTF-8. */
  private static Future<String> ask(Vertx vertx, int port, String text) {
    Promise<String> answered = Promise.promise();
    Buffer reply = Buffer.buffer();
    // Kept by its handlers: Vert.x closes a client that is garbage, with its connections.
    NetClient client = vertx.createNetClient();
    client
        .connect(port, "localhost")
        .onFailure(answered::fail)
        .onSuccess(
            socket -> {
              socket.closeHandler(
                  v -> {
                    answered.tryFail("closed after " + reply);
                    client.close();
                  });
              socket.handler(
                  bytes -> {
                    reply.appendBuffer(bytes);
                    if (reply.length() >= Buffer.buffer(text).length()) {
                      answered.tryComplete(reply.toString());
                    }
                  });
              socket.write(text);
            });
    return answered.future();
  }
}
