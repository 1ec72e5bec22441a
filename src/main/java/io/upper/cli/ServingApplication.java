package io.upper.cli;

import ch.qos.logback.classic.Level;
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
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.logging.Logger;
import io.vertx.core.internal.logging.LoggerFactory;
import io.vertx.core.json.JsonObject;
import io.vertx.core.transport.Transport;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import io.vertx.launcher.application.impl.VertxApplicationCommand;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import picocli.CommandLine;

/**
 * The life of a server process, on Vert.x's application launcher: start Vert.x, deploy one
 * verticle, run until SIGTERM or SIGINT, undeploy (which drains), exit with 0.
 */
final class ServingApplication extends VertxApplication implements VertxApplicationHooks {
  // Models may block an event loop on purpose: warn only beyond the longest job.
  private static final Duration BLOCKED_EVENT_LOOP = Duration.ofMinutes(11);

  // Leaves room for instances that are added later.
  private static final int MIN_EVENT_LOOPS = 16;

  // New instances take the next loop in turn: the live page's own, which must not be blocked, late.
  private static final int MIN_EVENT_LOOPS_LIVE = 64;

  // How long a stop waits for a start or a change in progress.
  private static final Duration MAX_WAIT = Duration.ofSeconds(60);

  private static final org.slf4j.Logger LOG =
      org.slf4j.LoggerFactory.getLogger(ServingApplication.class);
  private static final Logger LAUNCHER_LOG = LoggerFactory.getLogger(VertxApplication.class);

  private final Supplier<? extends Deployable> verticle;
  private final JsonObject config;
  private final TransportKind transport;
  private final int eventLoops;
  private final String[] args;
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
  private Throwable failure;
  private final CountDownLatch started = new CountDownLatch(1);
  // Null for a verticle that cannot change while it runs.
  private MainVerticle changing;
  private volatile Vertx vertx;

  /**
   * @param verticle creates the verticle; null: the launcher creates it by the class name in {@code
   *     args}
   * @param config the configuration of the verticle
   * @param transport the configured transport
   * @param eventLoops number of contexts, so that each has its own event loop
   * @param args options of the launcher
   */
  ServingApplication(
      Supplier<? extends Deployable> verticle,
      JsonObject config,
      TransportKind transport,
      int eventLoops,
      String... args) {
    super(args, null, false, false);
    this.verticle = verticle;
    this.config = config;
    this.transport = transport;
    this.eventLoops = eventLoops;
    this.args = args;
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
                live == null ? MIN_EVENT_LOOPS : MIN_EVENT_LOOPS_LIVE),
            ClusterPart.launcherOptions(configuration.clustered()));
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
            MIN_EVENT_LOOPS,
            ClusterPart.launcherOptions(true));
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

  /** The live page, or null. */
  LivePage live() {
    return live;
  }

  /**
   * Starts serving; the process then runs until its Vert.x is closed.
   *
   * @throws picocli.CommandLine.ParameterException if the launcher does not know an option
   * @throws io.upper.config.ConfigurationException if the transport is not available
   * @throws Exception if the verticle cannot be deployed
   */
  int serve() throws Exception {
    // The launcher logs a stack trace where Main prints one line.
    ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("io.vertx.launcher"))
        .setLevel(Level.OFF);
    // On its own the launcher prints its usage for a wrong option, and continues.
    new CommandLine(new VertxApplicationCommand(this, this, LAUNCHER_LOG))
        .setOptionsCaseInsensitive(true)
        .parseArgs(args);
    StopSignals.onStop(this::stop);
    chosenTransport = ServerTransport.of(transport);
    if (accessLogFormat != AccessLogFormat.OFF) {
      accessLog = AccessLogOutput.start(accessLogFormat);
    }
    int status;
    try {
      status = launch();
    } finally {
      started.countDown();
    }
    if (failure instanceof Exception e) {
      throw e;
    }
    if (status != 0) {
      return 1;
    }
    SystemdNotifier.ready(changing == null ? List.of() : changing.addresses());
    return 0;
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
      if (vertx != null) {
        vertx.close().await();
      }
    } catch (TimeoutException e) {
      LOG.warn("stopping: a change is not complete after {} s", MAX_WAIT.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      System.exit(0);
    }
  }

  @Override
  public void afterVertxStarted(HookContext context) {
    vertx = context.vertx();
    if (relay != null) {
      relay.start(vertx);
    }
    if (cluster != null) {
      cluster.joined(vertx, admin);
    }
  }

  @Override
  public void afterFailureToStartVertx(HookContext context, Throwable cause) {
    failure = cluster == null ? cause : ClusterPart.failure(cause);
  }

  @Override
  public JsonObject afterConfigParsed(JsonObject ignored) {
    return config;
  }

  @Override
  public Supplier<? extends Deployable> verticleSupplier() {
    return verticle;
  }

  @Override
  public VertxBuilder createVertxBuilder(VertxOptions options) {
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

  @Override
  public void afterVertxStopped(HookContext context) {
    if (accessLog != null) {
      accessLog.stop();
      ConsoleOutput.flushAll();
    }
  }

  @Override
  public void afterFailureToDeployVerticle(HookContext context, Throwable cause) {
    failure = cause;
  }
}
