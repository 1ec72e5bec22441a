package io.upper.cluster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job node: {@code upper node}. Deploy it on a Vert.x that has joined the cluster. When it is
 * undeployed it announces that it leaves, and finishes the jobs that it has.
 */
public final class JobNodeVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(JobNodeVerticle.class);

  private final Membership membership;
  private final Duration drain;
  private JobNode node;

  /**
   * @param membership joined
   * @param drain how long jobs in flight may take when it stops
   */
  public JobNodeVerticle(Membership membership, Duration drain) {
    this.membership = membership;
    this.drain = drain;
  }

  @Override
  public Future<?> start() {
    node = membership.node(vertx);
    return node.start()
        .onSuccess(
            v ->
                LOG.info(
                    "job node {} of cluster {} ({} workers)",
                    node.name(),
                    membership.settings().name(),
                    membership.settings().workers()));
  }

  /** Completes when the first gateway gives it jobs; to be called once it is deployed. */
  public Future<Void> welcomed() {
    return node.welcomed();
  }

  @Override
  public Future<?> stop() {
    return node.leave(drain).onSuccess(v -> LOG.info("job node {} leaves", node.name()));
  }
}
