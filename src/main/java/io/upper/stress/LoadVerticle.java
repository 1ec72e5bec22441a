package io.upper.stress;

import io.upper.config.Protocol;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The clients of one event loop; clients are assigned to event loops in turn. */
final class LoadVerticle extends VerticleBase {
  private static final int TIMEOUT_CHECK_MILLIS = 20;

  private final RunState run;
  private final StressSettings settings;
  private final int loop;
  private final List<LoadClient> clients = new ArrayList<>();

  /**
   * @param loop index of this event loop, from 0
   */
  LoadVerticle(RunState run, int loop) {
    this.run = run;
    this.settings = run.settings;
    this.loop = loop;
  }

  @Override
  public Future<?> start() {
    ContextInternal own = (ContextInternal) context;
    own.exceptionHandler(run.allFinished::tryFail);
    NetClient client = settings.client().protocol() == Protocol.UDP ? null : netClient();
    for (int number = loop; number < settings.clients(); number += settings.eventLoops()) {
      clients.add(
          client == null
              ? new DatagramLoadClient(run, number, own)
              : new StreamLoadClient(run, number, own, client));
    }
    clients.forEach(LoadClient::start);
    vertx.setPeriodic(TIMEOUT_CHECK_MILLIS, id -> checkTimeouts());
    return Future.succeededFuture();
  }

  private NetClient netClient() {
    NetClientOptions options =
        new NetClientOptions()
            .setConnectTimeout((int) Math.min(Integer.MAX_VALUE, settings.timeout().toMillis()))
            // Never reached: the clients limit connecting and handshake together.
            .setSslHandshakeTimeout(settings.timeout().toMillis())
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
    if (settings.shape() == Shape.RESET) {
      options.setSoLinger(0);
    }
    if (settings.shape() == Shape.SLOW_READER) {
      options.setReceiveBufferSize(Shape.SLOW_READ_BYTES);
    }
    run.trust.configure(options);
    return vertx.createNetClient(options);
  }

  private void checkTimeouts() {
    long now = System.nanoTime();
    clients.forEach(client -> client.checkTimeouts(now));
  }

  @Override
  public Future<?> stop() {
    clients.forEach(LoadClient::stop);
    run.neverServed.addAndGet((int) clients.stream().filter(LoadClient::isNeverServed).count());
    return Future.succeededFuture();
  }
}
