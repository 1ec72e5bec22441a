package io.upper.live;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The servers of this process. */
record OwnServers(MainVerticle verticle) implements ShownServers {
  private static final long APPLY_SECONDS = 60;

  @Override
  public Configuration configuration() {
    return verticle.configuration();
  }

  @Override
  public int port(Protocol protocol) {
    return verticle.actualPort(protocol);
  }

  @Override
  public void apply(Configuration next) throws InterruptedException {
    try {
      verticle
          .apply(next)
          .toCompletionStage()
          .toCompletableFuture()
          .get(APPLY_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ConfigurationException wrong) {
        throw wrong;
      }
      throw Refusal.notNow(String.valueOf(e.getCause().getMessage()));
    } catch (TimeoutException e) {
      throw Refusal.notNow("the change is not complete after " + APPLY_SECONDS + " s");
    }
  }

  @Override
  public Collection<Long> pids() {
    return List.of();
  }

  @Override
  public long heap() {
    return 0;
  }

  @Override
  public long pid(Lane lane) {
    return 0;
  }
}
