package org.example.reverse;

import io.upper.server.TcpServerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that embeds Upper: it serves lines with Upper's TCP verticle, and HTTP with a verticle
 * of its own. Logging, signals and exit are the program's, not Upper's.
 */
public final class Application {
  private static final Logger LOG = LoggerFactory.getLogger(Application.class);
  private static final int TCP_PORT = 2000;
  private static final int HTTP_PORT = 8080;

  /** The ports that a started program listens on. */
  record Ports(int tcp, int http) {}

  private Application() {}

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    // On SIGTERM or Ctrl-C: closing Vert.x stops the verticles; Upper's first replies to all requests
    // in flight.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> vertx.close().await(), "shutdown"));
    JsonObject tcp = new JsonObject().put("port", TCP_PORT).put("model", "queue-per-worker");
    try {
      Ports ports = start(vertx, tcp, HTTP_PORT).await();
      LOG.info("tcp on port {}, http on port {}", ports.tcp, ports.http);
    } catch (Exception e) {
      LOG.error(e.getMessage());
      // Never on an event loop: exit waits for the hook, which waits for the event loops.
      System.exit(1);
    }
  }

  /**
   * Deploys both verticles.
   *
   * @param tcp the settings of section {@code tcp} of Upper's configuration, and those that all
   *     servers share: {@code job}, {@code drainSeconds}, {@code reverse}
   * @param httpPort 0 to 65535; 0 takes a free port
   * @return completes when both listen; fails, with the reason, if one cannot
   */
  static Future<Ports> start(Vertx vertx, JsonObject tcp, int httpPort) {
    Queue<TcpServerVerticle> servers = new ConcurrentLinkedQueue<>();
    DeploymentOptions options =
        new DeploymentOptions()
            .setInstances(2)
            .setConfig(new JsonObject().put("service", "reverse").mergeIn(tcp));
    HttpVerticle http = new HttpVerticle(httpPort);
    return vertx
        .deployVerticle(
            () -> {
              TcpServerVerticle server = new TcpServerVerticle();
              servers.add(server);
              return server;
            },
            options)
        .compose(id -> vertx.deployVerticle(http))
        .map(id -> new Ports(servers.element().actualPort(), http.actualPort()));
  }
}
