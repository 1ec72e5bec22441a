package io.upper.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.MainVerticle;
import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientSettings;
import io.upper.client.UpperClient;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of all models, over all protocols, and how they differ. */
@ExtendWith(VertxExtension.class)
@Timeout(300)
@io.vertx.junit5.Timeout(value = 300, timeUnit = TimeUnit.SECONDS)
class ModelsTest {
  private static final String CHILDREN = "process-per-connection";
  private static final int INSTANCES = 4;
  private static final int PATIENCE_SECONDS = 120;
  private static final int MAX_TRIES = 10;
  private static final List<String> WORDS =
      List.of("twenty", "tiny", "tigers", "take", "two", "täxis", "to", "town 🙂");

  @TempDir static Path certificates;
  private Vertx vertx;

  @BeforeAll
  static void makeCertificates() throws IOException {
    TestCertificates.copyTo(certificates.resolve("certs"));
  }

  @BeforeEach
  void start() {
    vertx =
        Vertx.builder()
            .with(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(12))
            .build();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  static Stream<Arguments> everyModelOnce() {
    return everyModelAndProtocol()
        .filter(ModelsTest::isCore)
        .filter(arguments -> !arguments.get()[0].equals(CHILDREN));
  }

  static Stream<Arguments> theOthers() {
    return everyModelAndProtocol()
        .filter(arguments -> !isCore(arguments) || arguments.get()[0].equals(CHILDREN));
  }

  private static boolean isCore(Arguments arguments) {
    return arguments.get()[0].equals("event-loop") || arguments.get()[1] == Protocol.TCP;
  }

  private static Stream<Arguments> everyModelAndProtocol() {
    return Models.all().stream()
        .map(ModelFactory::word)
        .flatMap(
            model -> Stream.of(Protocol.values()).map(protocol -> Arguments.of(model, protocol)));
  }

  /** Every model over TCP, except the one with a JVM each, and every protocol by an event loop. */
  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("everyModelOnce")
  void serves100ClientsAtOnceWith8RequestsEach(
      String model, Protocol protocol, VertxTestContext test) {
    serveAll(model, protocol, 100, test);
  }

  @Test
  void servesTenClientsWithAProcessEach(VertxTestContext test) {
    serveAll(CHILDREN, Protocol.TCP, 10, test);
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0} over {1}")
  @MethodSource("theOthers")
  void servesManyClientsOverEveryOtherProtocol(
      String model, Protocol protocol, VertxTestContext test) {
    boolean all = "full".equals(System.getProperty("test.matrix")) || !model.equals(CHILDREN);
    serveAll(model, protocol, all ? 100 : 20, test);
  }

  private void serveAll(String model, Protocol protocol, int clients, VertxTestContext test) {
    JsonObject server = server(model).put("instances", INSTANCES);
    if (model.equals(CHILDREN) && protocol == Protocol.UDP) {
      // One process for each of 800 datagrams, so not Java.
      server.put("command", new JsonArray().add("sh").add("-c").add("sleep 0.02; tr a-zä A-ZÄ"));
    }
    deploy(protocol, server, 20)
        .compose(
            port ->
                Future.all(
                    IntStream.range(0, clients)
                        .mapToObj(client -> askInOrder(protocol, port, client))
                        .toList()))
        .onComplete(test.succeedingThenComplete());
  }

  /** Predicted times for 10 clients with one request and a job of 200 ms each. */
  @Test
  void wallTimeDistinguishesTheModels() {
    long iterative = wallMillis("iterative");
    long eventLoop = wallMillisBelow(iterative / 4, "event-loop");
    long threads = wallMillisBelow(iterative / 4, "thread-per-connection");
    long workers = wallMillisBelow(iterative / 2, "worker-pool");

    assertTrue(iterative >= 2_000, "ten jobs one after the other: " + iterative);
    assertTrue(iterative > 4 * eventLoop, "all waiting at once: " + eventLoop);
    assertTrue(iterative > 4 * threads, "a thread each: " + threads);
    assertTrue(workers >= 400, "five at a time: " + workers);
    assertTrue(iterative > 2 * workers, "five at a time: " + workers);
  }

  /** Of several tries the first below the limit, or the last: a busy machine delays some. */
  private long wallMillisBelow(long limit, String model) {
    long millis = wallMillis(model);
    for (int tries = 1; tries < MAX_TRIES && millis >= limit; tries++) {
      millis = wallMillis(model);
    }
    return millis;
  }

  private long wallMillis(String model) {
    int port = deploy(Protocol.TCP, server(model).put("workers", 5), 200).await();
    List<UpperClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(client(Protocol.TCP, port).await());
    }
    long start = System.nanoTime();
    Future.all(clients.stream().map(client -> client.ask("hello")).toList()).await();
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    Future.all(clients.stream().map(UpperClient::close).toList()).await();
    return millis;
  }

  private static JsonObject server(String model) {
    return new JsonObject()
        .put("enabled", true)
        .put("port", 0)
        .put("model", model)
        .put("maxWaitMillis", 0);
  }

  private Future<Integer> deploy(Protocol protocol, JsonObject server, int jobMillis) {
    JsonObject config = new JsonObject();
    for (Protocol other : Protocol.values()) {
      config.put(other.word(), new JsonObject().put("enabled", false));
    }
    if (protocol == Protocol.TLS) {
      server
          // A hundred at once may be slow on a busy machine.
          .put("handshakeTimeoutSeconds", PATIENCE_SECONDS)
          .put("certificate", file(CertificateAuthority.SERVER_CERTIFICATE))
          .put("key", file(CertificateAuthority.SERVER_KEY));
    }
    config
        .put(protocol.word(), server)
        .put("job", new JsonObject().put("kind", "sleep").put("millis", jobMillis));
    MainVerticle verticle = new MainVerticle();
    return vertx
        .deployVerticle(verticle, new DeploymentOptions().setConfig(config))
        .map(id -> verticle.actualPort(protocol));
  }

  private static String file(String name) {
    return certificates.resolve("certs").resolve(name).toString();
  }

  private Future<UpperClient> client(Protocol protocol, int port) {
    return UpperClient.open(
        vertx,
        new ClientSettings(
            protocol,
            "localhost",
            port,
            file(CertificateAuthority.CA_CERTIFICATE),
            false,
            ConfiguredService.of(new Uppercase()),
            // A datagram may be lost, and is then sent again.
            protocol == Protocol.UDP ? 30 : PATIENCE_SECONDS));
  }

  /** Each client sends different words, so that a reply to another one would be noticed. */
  private Future<Void> askInOrder(Protocol protocol, int port, int number) {
    return client(protocol, port)
        .compose(
            client -> {
              Future<Void> last = Future.succeededFuture();
              for (String word : WORDS) {
                last = last.compose(v -> ask(client, word + " " + number));
              }
              return last.eventually(client::close);
            });
  }

  private static Future<Void> ask(UpperClient client, String text) {
    return client
        .ask(text)
        .map(
            reply -> {
              assertEquals(text.toUpperCase(Locale.ROOT), reply);
              return null;
            });
  }
}
