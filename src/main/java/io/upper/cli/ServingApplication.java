package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.admin.AdminVerticle;
import io.upper.config.AccessLogFormat;
import io.upper.config.Configuration;
import io.upper.config.ServerSettings;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
import io.upper.live.LivePage;
import io.upper.live.LiveRelay;
import io.upper.server.ServerTransport;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a server process: start Vert.x, deploy one verticle, run until SIGTERM or SIGINT,
 * undeploy (which drains), exit with 0.
 */
final class ServingApplication {
  // Models may block an event loop on purpose: warn only beyond the longest job.
  private static final Duration BLOCKED_EVENT_LOOP = Duration.ofMinutes(11);

  // Leaves room for instances that are added later.
  private static final int MIN_EVENT_LOOPS = 16;

  // New instances take the next loop in turn: the live page's own, which must not be blocked, late.
  private static final int MIN_EVENT_LOOPS_LIVE = 64;

  // How long a stop waits for a start or a change in progress.
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  // As Vert.x's launcher.
  static final long MAX_START_SECONDS = 120;

  private static final Logger LOG = LoggerFactory.getLogger(ServingApplication.class);

  private final Supplier<? extends Deployable> verticle;
  private final JsonObject config;
  private final TransportKind transport;
  private final int eventLoops;
  private Transport chosenTransport;
  // Null if not enabled.
  private AdminVerticle admin;
  // Null if not enabled.
  private LivePage live;
  // Null if it reports to no other process.
  private LiveRelay relay;
  // Null if this process joins no cluster.
  private ClusterPart cluster;
  private AccessLogFormat accessLogFormat = AccessLogFormat.OFF;
  private AccessLogOutput accessLog;
  private final CountDownLatch started = new CountDownLatch(1);
  // Null for a verticle that cannot change while it runs.
  private MainVerticle changing;
  private volatile Vertx vertx;

  /**
   * @param verticle creates the verticle; null: {@link LaunchedVerticle} does, by its class name
   * @param config the configuration of the verticle
   * @param transport the configured transport
   * @param eventLoops number of contexts, so that each has its own event loop
   */
  ServingApplication(
      Supplier<? extends Deployable> verticle,
      JsonObject config,
      TransportKind transport,
      int eventLoops) {
    this.verticle = verticle;
    this.config = config;
    this.transport = transport;
    this.eventLoops = eventLoops;
  }

  /** Serves a complete configuration. */
  static ServingApplication of(Configuration configuration, MainVerticle verticle) {
    int instances = configuration.servers().stream().mapToInt(ServerSettings::instances).sum();
    Configuration.Admin settings = configuration.admin();
    LivePage live = settings.live() ? new LivePage(verticle) : null;
    AdminVerticle admin = settings.enabled() ? admin(settings, verticle, live) : null;
    ServingApplication application =
        new ServingApplication(
            // Two lambdas: one of a common type would load AdminVerticle even if disabled.
            admin == null ? () -> verticle : () -> admin,
            configuration.json(),
            configuration.transport(),
            Math.max(
                (admin == null ? 1 : 2) + instances,
                live == null ? MIN_EVENT_LOOPS : MIN_EVENT_LOOPS_LIVE));
    application.cluster = configuration.clustered() ? ClusterPart.gateway(configuration) : null;
    application.admin = admin;
    application.live = live;
    application.changing = verticle;
    application.accessLogFormat = configuration.accessLog();
    return application;
  }

  /** A job node of the cluster. */
  static ServingApplication node(Configuration configuration) {
    ClusterPart cluster = ClusterPart.node(configuration);
    Configuration.Admin settings = configuration.admin();
    AdminVerticle admin =
        settings.enabled() ? new AdminVerticle(settings, cluster.verticle()) : null;
    ServingApplication application =
        new ServingApplication(
            () -> admin == null ? cluster.verticle() : admin,
            configuration.json(),
            configuration.transport(),
            MIN_EVENT_LOOPS);
    application.cluster = cluster;
    application.admin = admin;
    return application;
  }

  private static AdminVerticle admin(
      Configuration.Admin settings, MainVerticle verticle, LivePage live) {
    return live == null
        ? new AdminVerticle(settings, verticle)
        : new AdminVerticle(settings, verticle, live);
  }

  /** Makes it report the events of its servers to another process. */
  void relay(LiveRelay events) {
    relay = events;
  }

  /** Of a job node that has started: completes when the first gateway gives it jobs. */
  Future<Void> welcomed() {
    return cluster.welcomed();
  }

  /** The live page, or null. */
  LivePage live() {
    return live;
  }

  /**
   * Starts serving; the process then runs until its Vert.x is closed.
   *
   * @return 0
   * @throws io.upper.config.ConfigurationException if the transport is not available
   * @throws Exception if Vert.x cannot be started, or the verticle not be deployed
   */
  int serve() throws Exception {
    return serve(this::launch);
  }

  /** Starts Vert.x and deploys the verticle, as {@link #serve()}. */
  interface Launch {
    void run() throws Exception;
  }

  int serve(Launch launch) throws Exception {
    StopSignals.onStop(this::stop);
    chosenTransport = ServerTransport.of(transport);
    if (accessLogFormat != AccessLogFormat.OFF) {
      accessLog = AccessLogOutput.start(accessLogFormat);
    }
    boolean serving = false;
    try {
      launch.run();
      serving = true;
    } finally {
      if (!serving) {
        close();
      }
      started.countDown();
    }
    SystemdNotifier.ready(changing == null ? List.of() : changing.addresses());
    return 0;
  }

  private void launch() throws Exception {
    VertxBuilder builder = builder(new VertxOptions());
    started(cluster == null ? builder.build() : ClusterPart.join(builder, MAX_START_SECONDS));
    vertx
        .deployVerticle(verticle, new DeploymentOptions().setConfig(config))
        .await(MAX_START_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Drains, closes Vert.x and exits with 0. Waits for a start or a change in progress: closing
   * Vert.x meanwhile would fail, and cut off connected clients.
   */
  private void stop() {
    if (admin != null) {
      admin.stopping();
    }
    if (cluster != null) {
      cluster.stopping();
    }
    try {
      if (!started.await(MAX_WAIT.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("stopping: the start is not complete after {} s", MAX_WAIT.toSeconds());
        ConsoleOutput.flushAll();
        // Closing Vert.x now would fail; and no client is served before the start is complete.
        Runtime.getRuntime().halt(0);
      }
      if (changing != null) {
        changing.endChanges().await(MAX_WAIT.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (TimeoutException e) {
      LOG.warn("stopping: a change is not complete after {} s", MAX_WAIT.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      close();
    } finally {
      System.exit(0);
    }
  }

  private void close() {
    try {
      if (vertx != null) {
        vertx.close().await();
      }
    } finally {
      if (accessLog != null) {
        accessLog.stop();
        ConsoleOutput.flushAll();
      }
    }
  }

  /** What follows the start of Vert.x, before the verticle is deployed. */
  void started(Vertx vertx) {
    this.vertx = vertx;
    if (relay != null) {
      relay.start(vertx);
    }
    if (cluster != null) {
      cluster.joined(vertx, admin);
    }
  }

  JsonObject config() {
    return config;
  }

  Supplier<? extends Deployable> verticle() {
    return verticle;
  }

  /** What builds the Vert.x; changes the options. */
  VertxBuilder builder(VertxOptions options) {
    options
        .setEventLoopPoolSize(Math.max(options.getEventLoopPoolSize(), eventLoops))
        .setMaxEventLoopExecuteTime(BLOCKED_EVENT_LOOP.toNanos());
    if (verticle != null) {
      TemporaryFiles.withoutCache(options);
    }
    VertxBuilder builder = Vertx.builder().with(options).withTransport(chosenTransport);
    if (cluster != null) {
      builder = cluster.configure(options, builder);
    }
    return admin == null ? builder : admin.measure(options, builder);
  }
}
