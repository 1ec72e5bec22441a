package org.example.reverse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program with Upper in it, asked over sockets. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 2, timeUnit = TimeUnit.MINUTES)
class ApplicationTest {
  private static final int PATIENCE_MILLIS = 60_000;

  private static Application.Ports start(Vertx vertx, JsonObject tcp) {
    return Application.start(vertx, tcp.put("port", 0), 0).await();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static String receive(Socket socket, String expected) throws IOException {
    int bytes = expected.getBytes(UTF_8).length;
    return new String(socket.getInputStream().readNBytes(bytes), UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iterative",
        "event-loop",
        "worker-pool",
        "thread-per-connection",
        "process-per-connection",
        "queue-per-worker"
      })
  void everyModelServesLines(String model, Vertx vertx) throws IOException {
    int port = start(vertx, new JsonObject().put("model", model)).tcp();
    // Each instance has one of the two.
    try (Socket first = connect(port);
        Socket second = connect(port)) {
      for (Socket client : List.of(first, second)) {
        send(client, "hello\nñan");
        assertEquals("olleh\n", receive(client, "olleh\n"));
        send(client, "dú\r\n");
        assertEquals("údnañ\r\n", receive(client, "údnañ\r\n"));
        send(client, "end");
        client.shutdownOutput();
        assertEquals("dne", new String(client.getInputStream().readAllBytes(), UTF_8));
      }
    }
  }

  @Test
  void aLineThatIsTooLongEndsItsConnectionOnly(Vertx vertx) throws IOException {
    JsonObject bound = new JsonObject().put("maxLineBytes", 10);
    int port = start(vertx, new JsonObject().put("reverse", bound)).tcp();
    try (Socket other = connect(port);
        Socket failing = connect(port)) {
      send(failing, "0123456789 too long");
      assertEquals(-1, failing.getInputStream().read());
      send(other, "hello\n");
      assertEquals("olleh\n", receive(other, "olleh\n"));
    }
  }

  @Test
  void aRefusedSettingIsNamed(Vertx vertx, VertxTestContext test) {
    JsonObject bound = new JsonObject().put("maxLineBytes", 0);
    Application.start(vertx, new JsonObject().put("port", 0).put("reverse", bound), 0)
        .onComplete(
            test.failing(
                cause ->
                    test.verify(
                        () -> {
                          assertEquals(
                              "/reverse/maxLineBytes: 0 is not in 1..1048576", cause.getMessage());
                          test.completeNow();
                        })));
  }

  @Test
  void theProgramsOwnVerticleRepliesWithTheSameService(Vertx vertx, VertxTestContext test) {
    int port = start(vertx, new JsonObject()).http();
    vertx
        .createHttpClient()
        .request(HttpMethod.GET, port, "localhost", "/?text=h%C3%A9llo")
        .compose(request -> request.send().compose(HttpClientResponse::body))
        .onComplete(
            test.succeeding(
                body ->
                    test.verify(
                        () -> {
                          assertEquals("olléh\n", body.toString());
                          test.completeNow();
                        })));
  }

  @Test
  void closingVertxAnswersWhatIsInFlight(Vertx vertx) throws IOException {
    JsonObject job = new JsonObject().put("kind", "sleep").put("millis", 300);
    int port = start(vertx, new JsonObject().put("job", job)).tcp();
    try (Socket client = connect(port)) {
      send(client, "hello\n");
      Future<Void> closed = vertx.close();
      assertEquals("olleh\n", new String(client.getInputStream().readAllBytes(), UTF_8));
      closed.await();
    }
  }

  /** Upper's lines reach the program's own logging, which stays as it was. */
  @Test
  void theLoggingIsTheProgramsOwn(Vertx vertx) throws InterruptedException {
    Logger root = Logger.getLogger("");
    Handler[] handlers = root.getHandlers();
    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    Handler listener =
        new Handler() {
          @Override
          public void publish(LogRecord line) {
            lines.add(line.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    root.addHandler(listener);
    try {
      int port = start(vertx, new JsonObject().put("model", "queue-per-worker")).tcp();
      String wanted = "tcp listening on 127.0.0.1:" + port + " (2 instances, queue-per-worker)";
      String line = "";
      while (line != null && !line.equals(wanted)) {
        line = lines.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
      assertEquals(wanted, line);
    } finally {
      root.removeHandler(listener);
    }
    assertArrayEquals(handlers, root.getHandlers());
  }
}
