package io.upper.cluster;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway and a node in one process, for a Vert.x that is not clustered by {@code upper}. */
final class LocalCluster {
  private static final Logger LOG = LoggerFactory.getLogger(LocalCluster.class);
  private static final int WORKERS = 20;

  private final Gateway gateway;
  private final JobNode node;

  LocalCluster(Vertx vertx) {
    String scope = UUID.randomUUID().toString();
    BusAddresses addresses = new BusAddresses(scope);
    Proof proof = new Proof(scope, scope);
    node = new JobNode(vertx, addresses, proof, "local", () -> scope, WORKERS);
    gateway = new Gateway(vertx, addresses, proof, node.id(), member -> "this process");
    LOG.info("cluster: Vert.x is not clustered, so this process does the jobs itself");
    gateway
        .start()
        .compose(v -> node.start())
        .onFailure(e -> LOG.warn("cluster: cannot start: {}", e.toString()));
  }

  Gateway gateway() {
    return gateway;
  }

  Future<Void> stop() {
    return Future.join(node.stop(), gateway.stop()).mapEmpty();
  }
}
