package org.example.reverse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.upper.MainVerticle;
import io.upper.admin.AdminVerticle;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationReader;
import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

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
    // Referenced to the end: Vert.x closes a client that the garbage collector finds.
    HttpClient client = vertx.createHttpClient();
    client
        .request(HttpMethod.GET, port, "localhost", "/?text=h%C3%A9llo")
        .compose(request -> request.send().compose(HttpClientResponse::body))
        .eventually(client::close)
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

  /** Its logback.xml is in force, and Upper's lines reach what it sets up. */
  @Test
  void theLoggingIsTheProgramsOwn(Vertx vertx) throws InterruptedException {
    Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    List<String> appenders = new ArrayList<>();
    root.iteratorForAppenders().forEachRemaining(appender -> appenders.add(appender.getName()));
    assertEquals(List.of("PROGRAM"), appenders);
    assertEquals(Level.OFF, ((Logger) LoggerFactory.getLogger("upper.access")).getLevel());

    BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    AppenderBase<ILoggingEvent> listener =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
          }
        };
    listener.start();
    root.addAppender(listener);
    try {
      int port = start(vertx, new JsonObject().put("model", "queue-per-worker")).tcp();
      String wanted = "tcp listening on 127.0.0.1:" + port + " (2 instances, queue-per-worker)";
      String line = "";
      while (line != null && !line.equals(wanted)) {
        line = lines.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      }
      assertEquals(wanted, line);
    } finally {
      root.detachAppender(listener);
    }
  }

  /** What Upper itself does without is not brought along; a setting that needs it says so. */
  @ParameterizedTest
  @CsvSource({
    "main, MainVerticle without a configuration: needs io.vertx:vertx-config",
    "proxy, proxyProtocol: needs io.netty:netty-codec-haproxy",
    "admin, admin: needs io.vertx:vertx-micrometer-metrics and io.micrometer:"
  })
  void aMissingLibraryIsNamed(String part, String message, Vertx vertx) {
    JsonObject proxy = new JsonObject().put("port", 0).put("proxyProtocol", true);
    Configuration.Admin admin = new Configuration.Admin(true, "127.0.0.1", 0);
    Exception missing =
        assertThrows(
            Exception.class,
            () -> {
              switch (part) {
                case "main" -> vertx.deployVerticle(new MainVerticle()).await();
                case "proxy" -> Application.start(vertx, proxy, 0).await();
                default -> new AdminVerticle(admin, new MainVerticle());
              }
            });
    assertTrue(missing.getMessage().startsWith(message), missing.getMessage());
  }

  /** All three servers, from a configuration that the program has read itself. */
  @Test
  void everyServerOfUpperIsServedWithoutOptionalLibraries(Vertx vertx, @TempDir Path directory)
      throws IOException {
    JsonObject any = new JsonObject().put("port", 0);
    CertificateAuthority.create(directory);
    JsonObject tls = CertificateAuthority.settings(directory).put("port", 0);
    JsonObject all = new JsonObject().put("tcp", any).put("udp", any).put("tls", tls);
    MainVerticle upper = new MainVerticle(new ConfigurationReader(all.encode()).read());
    vertx.deployVerticle(upper).await();
    try (Socket client = connect(upper.actualPort(Protocol.TCP))) {
      send(client, "hello");
      assertEquals("HELLO", receive(client, "HELLO"));
    }
    assertTrue(upper.actualPort(Protocol.UDP) > 0);
    assertTrue(upper.actualPort(Protocol.TLS) > 0);
  }
}
