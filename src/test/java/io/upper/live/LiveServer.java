package io.upper.live;

import io.upper.MainVerticle;
import io.upper.admin.AdminVerticle;
import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server with its live page, and a client of the page. */
final class LiveServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  final Vertx vertx;
  final LivePage page;
  final MainVerticle servers;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param settings of TCP, which is the only server, and {@code job} of all
   */
  LiveServer(JsonObject settings, String job) throws Exception {
    JsonObject off = new JsonObject().put("enabled", false);
    JsonObject json =
        new JsonObject()
            .put("tcp", new JsonObject().put("host", "127.0.0.1").put("port", 0).mergeIn(settings))
            .put("udp", new JsonObject().put("host", "127.0.0.1").put("port", 0))
            .put("tls", off)
            .put("job", job(job))
            .put("drainSeconds", 1)
            .put(
                "admin",
                new JsonObject().put("host", "127.0.0.1").put("port", 0).put("live", true));
    Configuration configuration = Configuration.of(json);
    servers = new MainVerticle(configuration);
    page = new LivePage(servers);
    AdminVerticle admin = new AdminVerticle(configuration.admin(), servers, page);
    VertxOptions options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(16)
            .setMaxEventLoopExecuteTime(Duration.ofMinutes(1).toNanos());
    vertx = admin.measure(options, Vertx.builder().with(options)).build();
    vertx
        .deployVerticle(admin, new DeploymentOptions().setConfig(configuration.json()))
        .await(60, TimeUnit.SECONDS);
  }

  private static JsonObject job(String text) {
    String[] parts = text.split(":");
    return new JsonObject()
        .put("kind", parts[0])
        .put("millis", parts.length > 1 ? Integer.parseInt(parts[1]) : 0);
  }

  int tcpPort() {
    return servers.actualPort(Protocol.TCP);
  }

  int udpPort() {
    return servers.actualPort(Protocol.UDP);
  }

  int adminPort() {
    return URI.create(page.link()).getPort();
  }

  String token() {
    return page.link().replaceFirst(".*token=", "");
  }

  /** An address of the page: {@code /live/events}. */
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + adminPort() + path);
  }

  EventStream events() {
    return new EventStream(http, uri("/live/events?token=" + token()));
  }

  /**
   * @param headers names and values in turn
   */
  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)), headers);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... headers)
      throws IOException, InterruptedException {
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String button, String body, String... headers)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri("/live/do/" + button))
            .POST(HttpRequest.BodyPublishers.ofString(body)),
        headers);
  }

  /** Presses a button; status and JSON: {@code 200 {"text":"job: none"}}. */
  String press(String button, JsonObject body, String... headers)
      throws IOException, InterruptedException {
    String[] all =
        Stream.concat(Stream.of("X-Upper-Token", token()), Arrays.stream(headers))
            .toArray(String[]::new);
    HttpResponse<String> response = post(button, body.encode(), all);
    return response.statusCode() + " " + response.body();
  }

  @Override
  public void close() throws Exception {
    page.stopping();
    vertx.close().await(60, TimeUnit.SECONDS);
  }
}
