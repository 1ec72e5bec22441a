package io.upper.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.upper.config.Configuration;
import io.upper.config.OptionalLibrary;
import io.upper.net.Addresses;
import io.upper.net.Listeners;
import io.upper.net.Listeners.Listener;
import io.upper.server.ServerMetrics;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Health and metrics of a server verticle, over HTTP. It deploys that verticle as its child: a
 * child is undeployed before its parent stops, so the drain can be observed to its end.
 *
 * <pre>
 *   STARTING ---- the child is deployed ----> READY ---- {@link #stopping} ----> STOPPING
 * </pre>
 */
public final class AdminVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AdminVerticle.class);

  // A request for health or metrics has a few hundred bytes and arrives promptly.
  private static final int MAX_LINE = 1024;
  private static final int MAX_HEADERS = 8 * 1024;
  private static final int IDLE_SECONDS = 10;

  private static final Set<HttpMethod> METHODS = Set.of(HttpMethod.GET, HttpMethod.HEAD);
  private static final int SERVICE_UNAVAILABLE = 503;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;

  private enum State {
    STARTING,
    READY,
    STOPPING
  }

  private final Configuration.Admin settings;
  private final Deployable served;
  private final AdminRoutes routes;
  // A lambda, since a method reference would load the class before the call.
  private final Metrics metrics =
      OptionalLibrary.use(
          "io.vertx:vertx-micrometer-metrics and io.micrometer:micrometer-registry-prometheus",
          "admin",
          () -> new Metrics());
  private final AdminConnections connections = new AdminConnections();
  private Handler<HttpServerRequest> scrape;
  private int port;
  private volatile State state = State.STARTING;
  private volatile Supplier<String> obstacle = () -> null;

  /**
   * @param served deployed with this verticle's configuration once the admin port is bound
   */
  public AdminVerticle(Configuration.Admin settings, Deployable served) {
    this(settings, served, AdminRoutes.NONE);
  }

  /**
   * @param served deployed with this verticle's configuration once the admin port is bound
   * @param routes further paths
   */
  public AdminVerticle(Configuration.Admin settings, Deployable served, AdminRoutes routes) {
    this.settings = settings;
    this.served = served;
    this.routes = routes;
  }

  /** Enables metrics in the Vert.x instance, not built yet, that will run this verticle. */
  public VertxBuilder measure(VertxOptions options, VertxBuilder builder) {
    return metrics.measure(options, builder);
  }

  /** The registry of all metrics. */
  public MeterRegistry registry() {
    return metrics.registry();
  }

  /**
   * Makes {@code /health/ready} fail while there is an obstacle.
   *
   * @param obstacle why the process cannot serve now, or null; called on an event loop
   */
  public void readyUnless(Supplier<String> obstacle) {
    this.obstacle = obstacle;
  }

  /** Fails if the port is in use, and if the server verticle cannot be deployed. */
  @Override
  public Future<?> start() {
    scrape = metrics.scrape();
    ServerMetrics.install(vertx, metrics.servers());
    routes.start(vertx);
    return listen()
        .compose(v -> vertx.deployVerticle(served, new DeploymentOptions().setConfig(config())))
        .onSuccess(id -> ready());
  }

  private Future<Void> listen() {
    Listeners<HttpServer> listeners = new Listeners<>("admin", this::bind, HttpServer::close);
    return Listeners.resolve(vertx, "admin", settings.host(), settings.port())
        .compose(listeners::listen)
        .recover(
            e ->
                Future.failedFuture(
                    Listeners.cannotListen("admin", settings.host(), settings.port(), e)))
        .onSuccess(this::announce)
        .mapEmpty();
  }

  private Future<Listener<HttpServer>> bind(InetSocketAddress address) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE)
                .setMaxHeaderSize(MAX_HEADERS)
                .setIdleTimeout(IDLE_SECONDS)
                .setHttp2ClearTextEnabled(false))
        .connectionHandler(connections::opened)
        .requestHandler(this::handle)
        .listen(SocketAddress.inetSocketAddress(address))
        .map(
            server ->
                new Listener<>(
                    new InetSocketAddress(address.getAddress(), server.actualPort()), server));
  }

  private void announce(List<Listener<HttpServer>> listening) {
    listening.forEach(l -> LOG.info("admin listening on {}", Addresses.text(l.address())));
    port = listening.get(0).address().getPort();
    routes.listening(listening.get(0).address());
  }

  int actualPort() {
    return port;
  }

  private synchronized void ready() {
    if (state == State.STARTING) {
      state = State.READY;
    }
  }

  /** The process is about to stop: from now on {@code /health/ready} fails. Thread-safe. */
  public synchronized void stopping() {
    state = State.STOPPING;
    routes.stopping();
  }

  @Override
  public Future<?> stop() {
    routes.stop();
    return Future.succeededFuture();
  }

  private void handle(HttpServerRequest request) {
    connections.requestStarted(request);
    switch (request.path()) {
      case "/health/live" -> ifGet(request, this::live);
      case "/health/ready" -> ifGet(request, this::readiness);
      case "/metrics" -> ifGet(request, scrape);
      default -> {
        if (!routes.handle(request)) {
          reply(request, NOT_FOUND, "not found; use /health/live, /health/ready or /metrics");
        }
      }
    }
  }

  private static void ifGet(HttpServerRequest request, Handler<HttpServerRequest> handler) {
    if (METHODS.contains(request.method())) {
      handler.handle(request);
    } else {
      request.response().putHeader("allow", "GET, HEAD");
      reply(request, METHOD_NOT_ALLOWED, "method not allowed; use GET or HEAD");
    }
  }

  private void live(HttpServerRequest request) {
    reply(request, 200, "live");
  }

  private void readiness(HttpServerRequest request) {
    switch (state) {
      case STARTING -> reply(request, SERVICE_UNAVAILABLE, "starting");
      case READY -> {
        String reason = obstacle.get();
        reply(
            request, reason == null ? 200 : SERVICE_UNAVAILABLE, reason == null ? "ready" : reason);
      }
      case STOPPING -> reply(request, SERVICE_UNAVAILABLE, "stopping");
    }
  }

  private static void reply(HttpServerRequest request, int status, String text) {
    HttpServerResponse response = request.response();
    response
        .setStatusCode(status)
        .putHeader("content-type", "text/plain; charset=utf-8")
        .putHeader("cache-control", "no-store")
        .end(text + "\n")
        .onFailure(
            e ->
                LOG.debug(
                    "admin: lost client {}: {}",
                    Addresses.text(request.remoteAddress()),
                    e.getMessage()));
  }
}
