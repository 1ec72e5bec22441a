package io.upper.live;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see the page and press its buttons. */
@Timeout(180)
class LiveSafetyTest {
  private static LiveServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new LiveServer(new JsonObject(), "none");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/live", "/live/events"})
  void thePageAndItsEventsNeedTheToken(String path) throws Exception {
    assertRefused(server.get(path));
    assertRefused(server.get(path + "?token="));
    assertRefused(server.get(path + "?token=" + server.token().replaceFirst(".$", "x")));
    assertRefused(server.get(path, "X-Upper-Token", server.token()));
  }

  @Test
  void aButtonNeedsTheTokenInAHeader() throws Exception {
    assertRefused(server.post("clients", "{\"clients\": 0}"));
    assertRefused(server.post("clients", "{\"clients\": 0}", "X-Upper-Token", "0"));
    assertRefused(server.post("clients?token=" + server.token(), "{\"clients\": 0}"));
    assertEquals(
        "200 {\"text\":\"demonstration clients: 0\"}",
        server.press("clients", new JsonObject().put("clients", 0)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://example.com", "http://example.com", "null", "http://127.0.0.1"})
  void anotherPageMayDoNothing(String origin) throws Exception {
    assertRefused(server.get("/live?token=" + server.token(), "Origin", origin));
    assertRefused(server.get("/live/source/iterative", "Origin", origin));
    String refusal = server.press("clients", new JsonObject().put("clients", 0), "Origin", origin);
    assertTrue(refusal.startsWith("403 "), refusal);
  }

  @Test
  void itsOwnOriginMay() throws Exception {
    for (String host : new String[] {"127.0.0.1", "localhost", "[::1]"}) {
      assertEquals(
          "200 {\"text\":\"demonstration clients: 0\"}",
          server.press(
              "clients",
              new JsonObject().put("clients", 0),
              "Origin",
              "http://" + host + ":" + server.adminPort()));
    }
  }

  /** DNS rebinding: a name of somebody else that means 127.0.0.1 for a while. */
  @ParameterizedTest
  @CsvSource({"evil.example:PORT,403", "127.0.0.1,403", "127.0.0.1:1,403", "LOCALHOST:PORT,200"})
  void anotherHostIsRefused(String host, int status) throws IOException {
    String given = host.replace("PORT", String.valueOf(server.adminPort()));
    assertEquals(status, statusWithHost("Host: " + given + "\r\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/live", "/live/events", "/live/trace"})
  void aQueryThatIsDamagedIsRefused(String path) throws IOException {
    String host = "Host: 127.0.0.1:" + server.adminPort() + "\r\n";
    assertEquals(403, status(path + "?token=%zz", host));
  }

  /** Of the loopback addresses, the one in the link, and those that every machine has. */
  @Test
  void theAddressOfTheLinkIsThisServer() {
    Safety safety = new Safety(new InetSocketAddress("127.0.0.2", 2080));
    for (String host : List.of("127.0.0.2:2080", "127.0.0.1:2080", "localhost:2080")) {
      assertNull(safety.refusal(host, "http://" + host));
    }
    assertNotNull(safety.refusal("127.0.0.3:2080", null));
  }

  /** The admin port may have more than one address: the first is bound before the page is ready. */
  @Test
  void aPageThatIsNotReadyServesNothing() {
    JsonObject live = new JsonObject().put("admin", new JsonObject().put("live", true));
    assertFalse(new LivePage(new MainVerticle(Configuration.of(live))).handle(null));
  }

  @Test
  void withoutAHostNothingIsServed() throws IOException {
    assertTrue(statusWithHost("") >= 400);
  }

  private static int statusWithHost(String header) throws IOException {
    return status("/live/source/iterative", header);
  }

  private static int status(String path, String header) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.adminPort())) {
      socket
          .getOutputStream()
          .write(
              ("GET " + path + " HTTP/1.1\r\n" + header + "Connection: close\r\n\r\n")
                  .getBytes(US_ASCII));
      String reply = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      return Integer.parseInt(reply.split(" ")[1]);
    }
  }

  @Test
  void everyResponseForbidsWhatItDoesNotNeed() throws Exception {
    HttpResponse<String> source = server.get("/live/source/iterative");
    assertEquals(200, source.statusCode());
    assertTrue(source.body().contains("class IterativeModel"));
    for (HttpResponse<String> response :
        List.of(source, server.get("/live"), server.get("/live/no.js"))) {
      String policy = header(response, "content-security-policy");
      assertTrue(policy.startsWith("default-src 'none'; script-src 'self';"), policy);
      assertFalse(policy.contains("unsafe"), policy);
      assertEquals("nosniff", header(response, "x-content-type-options"));
      assertEquals("no-referrer", header(response, "referrer-policy"));
      assertEquals("no-store", header(response, "cache-control"));
    }
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/live/LivePage.class",
        "/live/../report/page.css",
        "/live/%2e%2e/report/page.css",
        "/live/..%2freport%2fpage.css",
        "/live//report/page.css",
        "/live/source/frob",
        "/live/"
      })
  void nothingElseOfTheJarIsServed(String path) throws Exception {
    assertEquals(404, server.get(path).statusCode());
  }

  @Test
  void methodsAndBodiesAreChecked() throws Exception {
    String token = server.token();
    assertEquals(405, server.get("/live/do/clients").statusCode());
    assertEquals(400, server.post("clients", "[1]", "X-Upper-Token", token).statusCode());
    assertEquals(400, server.post("clients", "{", "X-Upper-Token", token).statusCode());
    assertEquals(400, server.post("frob", "{}", "X-Upper-Token", token).statusCode());
    assertEquals(
        413, server.post("clients", " ".repeat(5_000), "X-Upper-Token", token).statusCode());
  }

  /** Health and metrics are as they were. */
  @Test
  void theOtherPathsNeedNoToken() throws Exception {
    assertEquals(200, server.get("/health/ready").statusCode());
    assertEquals(404, server.get("/lively").statusCode());
  }

  private static void assertRefused(HttpResponse<String> response) {
    assertEquals(403, response.statusCode());
    assertEquals(1, response.body().strip().lines().count(), response.body());
  }
}
