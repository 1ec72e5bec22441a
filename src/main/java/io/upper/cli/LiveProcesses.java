package io.upper.cli;

import io.upper.admin.AdminVerticle;
import io.upper.config.Configuration;
import io.upper.jvm.TemporaryFiles;
import io.upper.live.LivePage;
import io.upper.prefork.Supervisor;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/**
 * The live page of several server processes: served by their supervisor, on a port of its own, the
 * one after those of the processes. Its health is that of all: ready once they listen.
 */
final class LiveProcesses {
  private final LivePage page;
  private final AdminVerticle admin;
  private final Promise<Void> listening = Promise.promise();
  private final Vertx vertx;

  private LiveProcesses(Configuration configuration, Supervisor supervisor) {
    Configuration.Admin settings = configuration.admin();
    int port = settings.port() == 0 ? 0 : settings.port() + configuration.processes();
    this.page = new LivePage(supervisor);
    this.admin =
        new AdminVerticle(
            new Configuration.Admin(true, settings.host(), port, true), new Listening(), page);
    VertxOptions options = TemporaryFiles.withoutCache(new VertxOptions().setEventLoopPoolSize(1));
    this.vertx = admin.measure(options, Vertx.builder().with(options)).build();
  }

  /** Stands for the processes: it starts when all of them listen. */
  private final class Listening extends VerticleBase {
    @Override
    public Future<?> start() {
      return listening.future();
    }
  }

  /**
   * Starts the page; blocks.
   *
   * @param supervisor not started yet
   * @return once the page is served
   * @throws Exception if its port is in use
   */
  static LiveProcesses start(Configuration configuration, Supervisor supervisor) throws Exception {
    LiveProcesses processes = new LiveProcesses(configuration, supervisor);
    Future<String> deployed = processes.vertx.deployVerticle(processes.admin);
    // It is deployed once all processes listen; but a port in use fails it now.
    Future.any(deployed, processes.page.bound())
        .recover(e -> processes.vertx.close().transform(v -> Future.failedFuture(e)))
        .await();
    return processes;
  }

  /** All processes listen. */
  void listening(int clients) {
    listening.tryComplete();
    page.startClients(clients);
  }

  /** The processes are about to stop; does not block. */
  void stopping() {
    admin.stopping();
  }

  /** Ends the page; blocks. */
  void close() {
    vertx.close().await();
  }
}
