package io.upper.cluster;

import io.upper.cluster.ClusterObserver.Retry;
import io.upper.cluster.NodeLink.State;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that a {@link Gateway} hears, and whom of them it trusts. Used on the gateway's context
 * only.
 */
final class NodeLinks {
  private static final Logger LOG = LoggerFactory.getLogger(NodeLinks.class);

  private static final long SILENT_NANOS = 500_000_000L;
  private static final long FORGOTTEN_NANOS = 60_000_000_000L;
  private static final long CHALLENGE_AGAIN_NANOS = 2_000_000_000L;
  private static final long REFUSED_AGAIN_NANOS = 30_000_000_000L;
  private static final int MAX_NODES = 1_000;

  /** What becomes of the jobs; called on the gateway's context. */
  interface Listener {
    /** Nodes, or their credits, have changed. */
    void changed();

    /** A node does not answer: its jobs go to others. */
    void lost(NodeLink node, Retry reason);

    /** A node is forgotten: none of its replies is expected any more. */
    void forgotten(NodeLink node);
  }

  private final Vertx vertx;
  private final String gateway;
  private final BusAddresses addresses;
  private final Proof proof;
  private final String localNode;
  private final UnaryOperator<String> addressOfMember;
  private final Listener listener;
  private final Map<String, NodeLink> links = new LinkedHashMap<>();
  private long sweptNanos = System.nanoTime();

  /**
   * @param gateway the id of the gateway
   * @param localNode the id of the node in this process, or null
   * @param addressOfMember the address of a process of the cluster, by its id
   */
  NodeLinks(
      Vertx vertx,
      String gateway,
      BusAddresses addresses,
      Proof proof,
      String localNode,
      UnaryOperator<String> addressOfMember,
      Listener listener) {
    this.vertx = vertx;
    this.gateway = gateway;
    this.addresses = addresses;
    this.proof = proof;
    this.localNode = localNode;
    this.addressOfMember = addressOfMember;
    this.listener = listener;
  }

  void heard(Heartbeat heartbeat) {
    NodeLink node = links.get(heartbeat.node());
    if (node == null) {
      if (links.size() >= MAX_NODES) {
        LOG.debug("more than {} job nodes: {} is ignored", MAX_NODES, heartbeat.name());
        return;
      }
      String address = addresses.node(heartbeat.node());
      node = new NodeLink(vertx.eventBus().sender(address), heartbeat.node().equals(localNode));
      links.put(heartbeat.node(), node);
    }
    boolean wasUsable = node.isUsable();
    boolean wasLeaving = node.last != null && node.last.leaving();
    node.heard(heartbeat, System.nanoTime());
    if (node.silent) {
      node.silent = false;
      if (node.state == State.TRUSTED && !heartbeat.leaving()) {
        LOG.info("job node {} answers again", node.name());
      }
    }
    if (heartbeat.leaving() && !wasLeaving && node.state == State.TRUSTED) {
      LOG.info("job node {} is leaving", node.name());
    }
    challengeIfNeeded(node);
    if (wasUsable != node.isUsable()) {
      listener.changed();
    }
  }

  private void challengeIfNeeded(NodeLink node) {
    long since = System.nanoTime() - node.challengedNanos;
    boolean due =
        switch (node.state) {
          case KNOWN -> true;
          case CHALLENGED -> since > CHALLENGE_AGAIN_NANOS;
          case REFUSED -> since > REFUSED_AGAIN_NANOS;
          case TRUSTED -> false;
        };
    if (due) {
      node.challengedNanos = System.nanoTime();
      node.number = Proof.number();
      if (node.state == State.KNOWN) {
        node.state = State.CHALLENGED;
      }
      send(node, new JsonObject().put("type", "challenge").put("number", node.number));
    }
  }

  private void send(NodeLink node, JsonObject message) {
    node.bus
        .write(message.put("gateway", gateway))
        .onFailure(e -> LOG.debug("job node {} cannot be reached: {}", node.name(), e.toString()));
  }

  /** A node answers a challenge. */
  void answered(JsonObject answer) {
    NodeLink node = links.get(answer.getString("node"));
    String nodeNumber = answer.getString("number");
    if (node == null || node.number == null || nodeNumber == null) {
      return;
    }
    if (!node.number.equals(answer.getString("challenge"))) {
      return; // A slow node answers an earlier challenge first.
    }
    Proof.Exchange exchange =
        new Proof.Exchange(gateway, node.last.node(), node.number, nodeNumber);
    node.number = null; // Used once.
    if (!Proof.same(proof.ofNode(exchange), answer.getString("proof"))) {
      refuse(node);
      return;
    }
    node.state = State.TRUSTED;
    node.token = proof.token(exchange);
    send(node, new JsonObject().put("type", "welcome").put("proof", proof.ofGateway(exchange)));
    LOG.info("job node {} joins with {} workers", node.name(), node.last.workers());
    listener.changed();
  }

  private void refuse(NodeLink node) {
    if (node.state != State.REFUSED) {
      LOG.warn(
          "job node {} at {} gets no job: its cluster.secret is another one",
          node.name(),
          addressOfMember.apply(node.last.member()));
    }
    node.state = State.REFUSED;
    send(node, new JsonObject().put("type", "refused"));
  }

  /** A node does not know this gateway any more: it is challenged again. */
  void distrust(NodeLink node) {
    if (node.state == State.TRUSTED) {
      node.state = State.KNOWN;
      listener.changed();
    }
  }

  /** A process has left the cluster, or is dead. */
  void memberRemoved(String member) {
    for (NodeLink node : List.copyOf(links.values())) {
      if (node.last.member().equals(member)) {
        if (node.state == State.TRUSTED) {
          LOG.info("job node {} has left", node.name());
        }
        forget(node, Retry.MEMBER);
      }
    }
  }

  /** Called every {@link Heartbeat#PERIOD_MILLIS}: finds nodes whose heartbeat is missing. */
  void sweep() {
    long now = System.nanoTime();
    long pause = now - sweptNanos;
    sweptNanos = now;
    if (pause > SILENT_NANOS / 2) {
      // This process was stopped or slow: heartbeats wait to be heard.
      links.values().forEach(node -> node.heardNanos += pause);
      return;
    }
    for (NodeLink node : List.copyOf(links.values())) {
      long silence = now - node.heardNanos;
      if (silence > FORGOTTEN_NANOS) {
        forget(node, Retry.HEARTBEAT);
      } else if (silence > SILENT_NANOS && !node.silent) {
        node.silent = true;
        if (node.state == State.TRUSTED) {
          if (!node.last.leaving()) {
            LOG.warn("job node {} is silent: its {} jobs go to others", node.name(), node.inFlight);
          }
          listener.lost(node, Retry.HEARTBEAT);
          listener.changed();
        }
      }
    }
  }

  private void forget(NodeLink node, Retry reason) {
    links.remove(node.last.node());
    node.silent = true;
    listener.lost(node, reason);
    listener.forgotten(node);
    listener.changed();
  }

  /** The least loaded node with a free credit, except for one; null if there is none. */
  NodeLink leastLoaded(NodeLink except) {
    NodeLink best = null;
    for (NodeLink node : links.values()) {
      if (node != except && node.hasCredit() && (best == null || node.load() < best.load())) {
        best = node;
      }
    }
    return best;
  }

  /** The nodes that get jobs. */
  List<NodeLink> usable() {
    List<NodeLink> usable = new ArrayList<>(links.values());
    usable.removeIf(node -> !node.isUsable());
    return usable;
  }
}
