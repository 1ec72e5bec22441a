package io.upper.cli;

import ch.qos.logback.classic.Level;
import io.vertx.core.Deployable;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.logging.Logger;
import io.vertx.core.internal.logging.LoggerFactory;
import io.vertx.core.json.JsonObject;
import io.vertx.launcher.application.HookContext;
import io.vertx.launcher.application.VertxApplication;
import io.vertx.launcher.application.VertxApplicationHooks;
import io.vertx.launcher.application.impl.VertxApplicationCommand;
import java.util.function.Supplier;
import picocli.CommandLine;

/** A verticle that Vert.x's application launcher deploys, with the options of that. */
final class LaunchedVerticle extends VertxApplication implements VertxApplicationHooks {
  private static final Logger LAUNCHER_LOG = LoggerFactory.getLogger(VertxApplication.class);

  private final ServingApplication application;
  private final String[] args;
  private Throwable failure;

  /**
   * @param args arguments of the launcher
   */
  LaunchedVerticle(ServingApplication application, String... args) {
    super(args, null, false, false);
    this.application = application;
    this.args = args;
  }

  /**
   * Starts it; the process then runs until its Vert.x is closed.
   *
   * @return the exit status
   * @throws CommandLine.ParameterException if the launcher does not know an option
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
    return application.serve(this::start);
  }

  private void start() throws Exception {
    int status = launch();
    if (failure instanceof Exception e) {
      throw e;
    }
    if (status != 0) {
      throw new IllegalStateException("the launcher failed with status " + status);
    }
  }

  @Override
  public VertxBuilder createVertxBuilder(VertxOptions options) {
    return application.builder(options);
  }

  @Override
  public void afterVertxStarted(HookContext context) {
    application.started(context.vertx());
  }

  @Override
  public JsonObject afterConfigParsed(JsonObject ignored) {
    return application.config();
  }

  @Override
  public Supplier<? extends Deployable> verticleSupplier() {
    return application.verticle();
  }

  @Override
  public void afterFailureToStartVertx(HookContext context, Throwable cause) {
    failure = cause;
  }

  @Override
  public void afterFailureToDeployVerticle(HookContext context, Throwable cause) {
    failure = cause;
  }
}
