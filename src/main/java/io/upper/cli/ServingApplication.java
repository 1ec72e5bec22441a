package io.upper.cli;

import ch.qos.logback.classic.Level;
import io.upper.MainVerticle;
import io.upper.admin.AdminVerticle;
import io.upper.config.AccessLogFormat;
import io.upper.config.Configuration;
import io.upper.config.ServerSettings;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
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
  // Blocking an event loop is a lesson here, not an accident: warn only of what no job takes.
  private static final Duration BLOCKED_EVENT_LOOP = Duration.ofMinutes(11);

  // There are so many event loops at least: for instances that come later.
  private static final int MIN_EVENT_LOOPS = 16;

  // What a start or a change may take until a stop no longer waits for it.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final org.slf4j.Logger LOG =
      org.slf4j.LoggerFactory.getLogger(ServingApplication.class);
  private static final Logger LAUNCHER_LOG = LoggerFactory.getLogger(VertxApplication.class);

  private final Supplier<? extends Deployable> verticle;
  private final JsonObject config;
  private final TransportKind transport;
  private final int eventLoops;
  private final String[] args;
  private Transport chosenTransport;
  // Null when it is not enabled.
  private AdminVerticle admin;
  private AccessLogFormat accessLogFormat = AccessLogFormat.OFF;
  private AccessLogOutput accessLog;
  private Throwable failure;
  private final CountDownLatch started = new CountDownLatch(1);
  // Null for a verticle that does not change while it runs.
  private MainVerticle changing;
  private volatile Vertx vertx;

  /**
   * @param verticle makes the verticle; null: the launcher finds it by the class name in {@code
   *     args}
   * @param config what the verticle is deployed with
   * @param transport how its sockets are served
   * @param eventLoops how many contexts there will be, so that each has an event loop of its own
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

  /** Serves a whole configuration. */
  static ServingApplication of(Configuration configuration, MainVerticle verticle) {
    int instances = configuration.servers().stream().mapToInt(ServerSettings::instances).sum();
    Configuration.Admin settings = configuration.admin();
    AdminVerticle admin = settings.enabled() ? new AdminVerticle(settings, verticle) : null;
    ServingApplication application =
        new ServingApplication(
            // Two of them: to find the type of one for both, the JVM would load what is off.
            admin == null ? () -> verticle : () -> admin,
            configuration.json(),
            configuration.transport(),
            Math.max((admin == null ? 1 : 2) + instances, MIN_EVENT_LOOPS));
    application.admin = admin;
    application.changing = verticle;
    application.accessLogFormat = configuration.accessLog();
    return application;
  }

  /**
   * Starts serving; the process then lives as long as its Vert.x.
   *
   * @throws picocli.CommandLine.ParameterException for an option that the launcher does not know
   * @throws io.upper.config.ConfigurationException when the transport is not available
   * @throws Exception why the verticle could not be deployed
   */
  int serve() throws Exception {
    // What it logs with a stack trace Main says in one line; under another launcher nobody else
    // does.
    ((ch.qos.logback.classic.Logger) org.slf4j.LoggerFactory.getLogger("io.vertx.launcher"))
        .setLevel(Level.OFF);
    // Of itself the launcher answers a wrong option with its usage, and goes on.
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
    return status == 0 ? 0 : 1;
  }

  /**
   * Drains, closes Vert.x and exits with 0. What is being started is started first, and what is
   * being changed is changed: Vert.x fails when it is closed meanwhile, and cuts off clients that
   * are served already.
   */
  private void stop() {
    if (admin != null) {
      admin.stopping();
    }
    try {
      if (!started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        LOG.warn("stopping, although the start is not over after {} s", PATIENCE.toSeconds());
        ConsoleOutput.flushAll();
        // Closed now, Vert.x fails; and no client is served before the start is over.
        Runtime.getRuntime().halt(0);
      }
      if (changing != null) {
        changing.endChanges().await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
      if (vertx != null) {
        vertx.close().await();
      }
    } catch (TimeoutException e) {
      LOG.warn("stopping, although a change is not over after {} s", PATIENCE.toSeconds());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      System.exit(0);
    }
  }

  @Override
  public void afterVertxStarted(HookContext context) {
    vertx = context.vertx();
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
