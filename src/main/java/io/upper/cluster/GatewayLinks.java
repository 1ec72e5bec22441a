package io.upper.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateways that a {@link JobNode} hears, and which of them it trusts: the other side of {@link
 * NodeLinks}. Used on the node's context only, except where stated.
 */
final class GatewayLinks {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayLinks.class);
  private static final int MAX_GATEWAYS = 1_000;

  /** A gateway; without a token until it has proved to have the secret. */
  private static final class Link {
    final Proof.Exchange exchange;
    final MessageProducer<Object> bus;
    byte[] token;

    Link(Proof.Exchange exchange, MessageProducer<Object> bus) {
      this.exchange = exchange;
      this.bus = bus;
    }
  }

  private final Vertx vertx;
  private final BusAddresses addresses;
  private final Proof proof;
  private final String node;
  private final String name;
  private final Map<String, Link> links = new HashMap<>();
  private final Promise<Void> welcomed = Promise.promise();
  private boolean refused;

  /**
   * @param node the id of the node
   * @param name of the node, as gateways log it
   */
  GatewayLinks(Vertx vertx, BusAddresses addresses, Proof proof, String node, String name) {
    this.vertx = vertx;
    this.addresses = addresses;
    this.proof = proof;
    this.node = node;
    this.name = name;
  }

  /** Completes when the first gateway gives the node jobs. Any thread may call. */
  Future<Void> welcomed() {
    return welcomed.future();
  }

  /** Where the reply to a job goes; null if its gateway has not proved to have the secret. */
  MessageProducer<Object> trusted(JobMessage job) {
    Link link = links.get(job.gateway());
    boolean trusted =
        link != null && link.token != null && MessageDigest.isEqual(link.token, job.token());
    return trusted ? link.bus : null;
  }

  /** A message of a gateway that is no job. */
  void handshake(JsonObject message) {
    String type = message.getString("type", "");
    String gateway = message.getString("gateway", "");
    switch (type) {
      case "challenge" -> challenged(gateway, message.getString("number", ""));
      case "welcome" -> welcomed(gateway, message.getString("proof"));
      case "refused" -> {
        if (!refused) {
          LOG.warn("a gateway gives this node no jobs: cluster.secret is another one there");
        }
        refused = true;
      }
      default -> LOG.debug("an unknown message of a gateway: {}", type);
    }
  }

  private void challenged(String gateway, String number) {
    if (links.size() >= MAX_GATEWAYS) {
      links.clear(); // They are challenged again.
    }
    Proof.Exchange exchange = new Proof.Exchange(gateway, node, number, Proof.number());
    Link link = new Link(exchange, vertx.eventBus().sender(addresses.gateway(gateway)));
    Link proved = links.put(gateway, link);
    if (proved != null) {
      link.token = proved.token; // Anybody may send a challenge: trust stays.
    }
    JsonObject answer =
        new JsonObject()
            .put("node", node)
            .put("challenge", number)
            .put("number", exchange.nodeNumber())
            .put("proof", proof.ofNode(exchange));
    link.bus.write(answer).onFailure(e -> LOG.debug("no answer to a gateway: {}", "" + e));
  }

  private void welcomed(String gateway, String given) {
    Link link = links.get(gateway);
    if (link == null) {
      return;
    }
    if (Proof.same(proof.ofGateway(link.exchange), given)) {
      link.token = proof.token(link.exchange);
      refused = false;
      LOG.info("job node {}: a gateway gives it jobs", name);
      welcomed.tryComplete();
    } else if (link.token != null) {
      LOG.debug("a welcome in the name of a gateway is dropped");
    } else {
      links.remove(gateway);
      LOG.warn("a gateway is refused: cluster.secret is another one there");
    }
  }
}
