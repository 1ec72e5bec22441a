package io.upper.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.MainVerticle;
import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientSettings;
import io.upper.client.UpperClient;
import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Health, and correct metrics. */
@Timeout(180)
class AdminVerticleTest {
  private static final Configuration.Admin FREE_PORT =
      new Configuration.Admin(true, "127.0.0.1", 0, false);

  // Exposed only with some garbage collectors, or after a collection.
  private static final Pattern SOMETIMES = Pattern.compile("jvm_gc_.*");

  @TempDir private Path directory;
  private Vertx vertx;

  @AfterEach
  void close() throws Exception {
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  /** Deploys the admin port with its server; completes when both are deployed. */
  private Future<String> deploy(AdminVerticle verticle, JsonObject config) {
    VertxOptions options =
        new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(8);
    vertx = verticle.measure(options, Vertx.builder().with(options)).build();
    return vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config));
  }

  @Test
  void readyFromListeningUntilStopping() throws Exception {
    Promise<Void> listening = Promise.promise();
    Promise<Void> starts = Promise.promise();
    Promise<Void> drained = Promise.promise();
    Promise<Void> stops = Promise.promise();
    Deployable slow =
        new VerticleBase() {
          @Override
          public Future<?> start() {
            starts.complete();
            return listening.future();
          }

          @Override
          public Future<?> stop() {
            stops.complete();
            return drained.future();
          }
        };
    AdminVerticle verticle = new AdminVerticle(FREE_PORT, slow);
    Future<String> deployed = deploy(verticle, new JsonObject());
    starts.future().await();
    Admin admin = new Admin(verticle.actualPort());
    assertEquals("503 starting", admin.health("ready"));
    assertEquals("200 live", admin.health("live"));

    listening.complete();
    String id = deployed.await();
    assertEquals("200 ready", admin.health("ready"));

    verticle.stopping();
    assertEquals("503 stopping", admin.health("ready"));
    Future<Void> undeployed = vertx.undeploy(id);
    stops.future().await();
    // Available until the drain ends.
    assertEquals("503 stopping", admin.health("ready"));
    assertEquals("200 live", admin.health("live"));
    drained.complete();
    undeployed.await();
  }

  @Test
  void rejectsEverythingElse() throws Exception {
    AdminVerticle verticle = new AdminVerticle(FREE_PORT, new VerticleBase() {});
    deploy(verticle, new JsonObject()).await();
    Admin admin = new Admin(verticle.actualPort());
    assertEquals(404, admin.ask("GET", "/").statusCode());
    assertEquals(404, admin.ask("GET", "/health").statusCode());
    assertEquals(405, admin.ask("POST", "/metrics").statusCode());
    assertEquals(405, admin.ask("DELETE", "/health/live").statusCode());
    assertEquals("", admin.ask("HEAD", "/health/live").body());
    assertEquals(414, admin.ask("GET", "/" + "a".repeat(2_000)).statusCode());
  }

  @Test
  void oneHundredConcurrentScrapesSucceed() throws Exception {
    AdminVerticle verticle = new AdminVerticle(FREE_PORT, new VerticleBase() {});
    deploy(verticle, new JsonObject()).await();
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        clients.add(connect(verticle));
      }
      for (Socket client : clients) {
        client.getOutputStream().write(bytes("GET /metrics HTTP/1.0\r\n\r\n"));
      }
      for (Socket client : clients) {
        String reply = new String(client.getInputStream().readAllBytes(), UTF_8);
        assertTrue(reply.startsWith("HTTP/1.0 200 "), reply);
      }
    } finally {
      close(clients);
    }
  }

  /** At the limit the longest waiting connection is closed, not the newest one. */
  @Test
  void slowClientsLockOutNoOne() throws Exception {
    AdminVerticle verticle = new AdminVerticle(FREE_PORT, new VerticleBase() {});
    deploy(verticle, new JsonObject()).await();
    List<Socket> slow = new ArrayList<>();
    try {
      Socket regular = connect(verticle);
      slow.add(regular);
      assertEquals("HTTP/1.1 200 OK", requestHealth(regular));
      for (int i = 0; i < AdminConnections.MAX; i++) {
        Socket client = connect(verticle);
        client.getOutputStream().write(bytes("GET /health/li"));
        slow.add(client);
        if (i == AdminConnections.MAX / 2) {
          // A new connection is accepted after the others, so its reply says that they are open.
          assertEquals("HTTP/1.0 200 OK", requestOnce(verticle));
          assertEquals("HTTP/1.1 200 OK", requestHealth(regular));
        }
      }
      assertEquals("200 live", new Admin(verticle.actualPort()).health("live"));
      // Closed: the oldest one with an incomplete request, not the one that completes its requests.
      assertTrue(isClosed(slow.get(1)));
      assertEquals("HTTP/1.1 200 OK", requestHealth(regular));
    } finally {
      close(slow);
    }
  }

  private static Socket connect(AdminVerticle verticle) throws IOException {
    Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), verticle.actualPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  /** Whether the server has closed the connection; with a reset, if it had not read everything. */
  private static boolean isClosed(Socket client) throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  /** Requests health; the server closes the connection. */
  private static String requestOnce(AdminVerticle verticle) throws IOException {
    try (Socket client = connect(verticle)) {
      client.getOutputStream().write(bytes("GET /health/live HTTP/1.0\r\n\r\n"));
      String reply = new String(client.getInputStream().readAllBytes(), UTF_8);
      return reply.lines().findFirst().orElseThrow();
    }
  }

  /** Requests health; the connection stays open. */
  private static String requestHealth(Socket client) throws IOException {
    client.getOutputStream().write(bytes("GET /health/live HTTP/1.1\r\nhost: a\r\n\r\n"));
    StringBuilder reply = new StringBuilder();
    while (reply.indexOf("live\n") < 0) {
      int next = client.getInputStream().read();
      assertTrue(next >= 0, reply::toString);
      reply.append((char) next);
    }
    return reply.toString().lines().findFirst().orElseThrow();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void close(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void metricsAreCorrectAndDocumented() throws Exception {
    TestCertificates.copyTo(directory);
    MainVerticle main = new MainVerticle();
    AdminVerticle verticle = new AdminVerticle(FREE_PORT, main);
    deploy(verticle, config()).await();
    Admin admin = new Admin(verticle.actualPort());

    // A request of each client for the only worker.
    UpperClient first = client(Protocol.TCP, main).await();
    UpperClient second = client(Protocol.TCP, main).await();
    Future.all(first.ask("hello"), second.ask("ß")).await();
    admin.await("upper_connections_open", "server=\"tcp\"", open -> open == 2);
    assertEquals(2, admin.sum("upper_connections_accepted_total", "server=\"tcp\""));
    assertEquals(2, admin.sum("upper_requests_total", "server=\"tcp\""));
    assertEquals(7, admin.sum("upper_received_bytes_total", "server=\"tcp\""));
    assertEquals(7, admin.sum("upper_sent_bytes_total", "server=\"tcp\""));
    assertEquals(2, admin.sum("upper_request_queue_seconds_count", "server=\"tcp\""));
    assertTrue(admin.sum("upper_request_queue_seconds_sum", "server=\"tcp\"") > 0.1);
    assertTrue(admin.sum("upper_request_job_seconds_sum", "server=\"tcp\"") >= 0.4);

    assertEquals(0, admin.sum("upper_connections_refused_total", "server=\"tcp\""));
    try (Socket third =
        new Socket(InetAddress.getLoopbackAddress(), main.actualPort(Protocol.TCP))) {
      assertEquals(-1, third.getInputStream().read());
    }
    assertEquals(1, admin.sum("upper_connections_refused_total", "server=\"tcp\""));
    first.close().await();
    second.close().await();
    admin.await("upper_connections_open", "server=\"tcp\"", open -> open == 0);

    UpperClient datagrams = client(Protocol.UDP, main).await();
    assertEquals("HELLO", datagrams.ask("hello").await());
    assertEquals(1, admin.sum("upper_requests_total", "server=\"udp\""));
    assertEquals(5, admin.sum("upper_received_bytes_total", "server=\"udp\""));
    assertEquals(5, admin.sum("upper_sent_bytes_total", "server=\"udp\""));
    // The job blocked its event loop.
    admin.await("upper_event_loop_lag_seconds_max", "loop=", max -> max > 0.05);

    UpperClient secret = client(Protocol.TLS, main).await();
    assertEquals("HELLO", secret.ask("hello").await());
    assertEquals(1, admin.sum("upper_connections_open", "server=\"tls\""));
    assertEquals(1, admin.sum("upper_requests_total", "server=\"tls\""));
    assertEquals(1, admin.sum("upper_handshakes_total", "version=\"TLSv1.3\""));
    assertEquals(5, admin.sum("upper_sent_bytes_total", "server=\"tls\""));
    double days = admin.sum("upper_certificate_remaining_seconds", "") / 86_400;
    assertTrue(days > 800 && days < 826, () -> days + " days");

    assertTrue(admin.sum("process_files_open_files", "") > 0);
    compareWithDocument(admin.names(), admin.reasons());

    secret.close().await();
    JsonObject withoutTls = config();
    withoutTls.getJsonObject("tls").put("enabled", false);
    main.apply(Configuration.of(withoutTls)).await();
    admin.await("upper_certificate_remaining_seconds", "", seconds -> seconds == -1);
  }

  private JsonObject config() {
    JsonObject config =
        new JsonObject(
            """
            {"tcp": {"port": 0, "model": "worker-pool", "workers": 1, "maxConnections": 2},
             "udp": {"port": 0, "model": "iterative"},
             "tls": {"port": 0},
             "job": {"kind": "sleep", "millis": 200}}
            """);
    config
        .getJsonObject("tls")
        .put("certificate", file(CertificateAuthority.SERVER_CERTIFICATE))
        .put("key", file(CertificateAuthority.SERVER_KEY));
    return Configuration.of(config).json();
  }

  private Future<UpperClient> client(Protocol protocol, MainVerticle main) {
    return UpperClient.open(
        vertx,
        new ClientSettings(
            protocol,
            "localhost",
            main.actualPort(protocol),
            file(CertificateAuthority.CA_CERTIFICATE),
            false,
            ConfiguredService.of(new Uppercase()),
            20));
  }

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  /** Every row of the tables in docs/operations.md that begins with a name is a metric. */
  private static void compareWithDocument(Set<String> exposed, Set<String> reasons)
      throws Exception {
    String document = Files.readString(Path.of("docs/operations.md"));
    for (String reason : reasons) {
      assertTrue(document.contains("`" + reason + "`"), reason);
    }
    Set<String> documented = new TreeSet<>();
    Matcher row =
        Pattern.compile("(?m)^\\| `((?:upper|process|system|jvm|vertx)_\\w+)` \\|")
            .matcher(document);
    while (row.find()) {
      documented.add(row.group(1));
    }
    Set<String> undocumented = new TreeSet<>(exposed);
    undocumented.removeAll(documented);
    assertEquals(Set.of(), undocumented);
    documented.removeAll(exposed);
    documented.removeIf(name -> SOMETIMES.matcher(name).matches());
    assertEquals(Set.of(), documented);
  }
}
