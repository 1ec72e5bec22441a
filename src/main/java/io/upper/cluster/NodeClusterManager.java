package io.upper.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
import io.vertx.core.Completable;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a job node as a lite member of Hazelcast: gateways hold the addresses of the event bus, so
 * that nothing has to be moved, and nobody waits for it, when a node is killed. Only where there is
 * no gateway a node holds them, from then on.
 */
final class NodeClusterManager extends HazelcastClusterManager {
  private static final Logger LOG = LoggerFactory.getLogger(NodeClusterManager.class);

  // While the oldest member changes, Hazelcast refuses to make another kind of a member.
  private static final int TRIES = 100;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Vertx vertx;

  NodeClusterManager(Config config) {
    super(config.setLiteMember(true));
  }

  @Override
  public void init(Vertx vertx) {
    super.init(vertx);
    this.vertx = vertx;
  }

  @Override
  public void join(Completable<Void> joined) {
    Promise<Void> member = Promise.promise();
    super.join(member);
    member
        .future()
        .compose(v -> vertx.executeBlocking(this::holdAddressesIfNobodyDoes))
        .<Void>mapEmpty()
        .onComplete(joined);
  }

  /** On a thread of Hazelcast's. */
  @Override
  public void memberRemoved(MembershipEvent event) {
    if (isActive()) {
      holdAddressesIfNobodyDoes();
    }
    super.memberRemoved(event);
  }

  private Void holdAddressesIfNobodyDoes() {
    Cluster cluster = getHazelcastInstance().getCluster();
    for (int tries = TRIES; cluster.getMembers().stream().allMatch(Member::isLiteMember); tries--) {
      try {
        cluster.promoteLocalLiteMember();
      } catch (RuntimeException e) {
        if (tries == 0) {
          throw e;
        }
        LOG.debug("not yet: {}", e.toString());
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
    return null;
  }
}
