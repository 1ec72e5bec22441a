package io.upper.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.upper.admin.AdminVerticle;
import io.upper.cluster.ClusterMeters;
import io.upper.cluster.Gateway;
import io.upper.cluster.JobNodeVerticle;
import io.upper.cluster.Membership;
import io.upper.config.Configuration;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.LoggerFactory;

/** What a process of a cluster, a gateway or a job node, does besides serving. */
final class ClusterPart {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(ClusterPart.class);
  private static final long PATIENCE_SECONDS = 10;

  private final Membership membership;
  // Null for a gateway.
  private final JobNodeVerticle node;

  static {
    // Hazelcast's static loggers, too: else they use java.util.logging.
    System.setProperty("hazelcast.logging.type", "slf4j");
    // A broken connection of the event bus is no news: who is gone is logged by the gateway, and
    // who cannot be reached by the node.
    ((Logger) LoggerFactory.getLogger("io.vertx.core.net.impl.ConnectionBase")).setLevel(Level.OFF);
  }

  private ClusterPart(Membership membership, JobNodeVerticle node) {
    this.membership = membership;
    this.node = node;
  }

  static ClusterPart gateway(Configuration configuration) {
    return new ClusterPart(Membership.ofGateway(configuration.cluster()), null);
  }

  static ClusterPart node(Configuration configuration) {
    Membership membership = Membership.ofNode(configuration.cluster());
    Duration drain = Duration.ofSeconds(configuration.drainSeconds());
    return new ClusterPart(membership, new JobNodeVerticle(membership, drain));
  }

  Deployable verticle() {
    return node;
  }

  VertxBuilder configure(VertxOptions options, VertxBuilder builder) {
    return membership.configure(options, builder);
  }

  /**
   * Vert.x has joined: starts the gateway before any server accepts.
   *
   * @param admin null if not enabled
   */
  void joined(Vertx vertx, AdminVerticle admin) {
    membership.searchForOthers(vertx);
    if (node == null) {
      Gateway gateway = await(membership.startGateway(vertx), ServingApplication.MAX_START_SECONDS);
      if (admin != null) {
        admin.readyUnless(gateway::obstacle);
        gateway.observe(new ClusterMeters(admin.registry()));
      }
    }
  }

  /** Of a job node that has started: completes when the first gateway gives it jobs. */
  Future<Void> welcomed() {
    return node.welcomed();
  }

  /** Before the servers stop: other processes send no more jobs to this one. */
  void stopping() {
    membership.announceLeave();
  }

  /**
   * Starts Vert.x and joins the cluster; blocks. Logs when that takes long.
   *
   * @throws IllegalStateException if that fails or takes too long, in one line
   */
  static Vertx join(VertxBuilder builder, long maxSeconds) {
    return await(builder.buildClustered(), maxSeconds);
  }

  private static <T> T await(Future<T> joining, long maxSeconds) {
    for (long seconds = PATIENCE_SECONDS; ; seconds += PATIENCE_SECONDS) {
      try {
        return joining.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (seconds >= maxSeconds) {
          throw failure("it takes more than " + maxSeconds + " s", e);
        }
        LOG.warn("cluster: not joined after {} s, still trying", seconds);
      } catch (Exception e) {
        throw failure(String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static IllegalStateException failure(String reason, Throwable cause) {
    return new IllegalStateException(
        "cannot join the cluster: " + reason.replaceFirst("(?s)\\R.*", ""), cause);
  }
}
