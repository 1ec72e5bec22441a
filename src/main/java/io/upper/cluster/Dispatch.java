package io.upper.cluster;

import io.upper.cluster.ClusterObserver.Retry;
import io.upper.cluster.JobReply.Outcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of a {@link Gateway}, from submission to reply. Used on the gateway's context only,
 * except where stated. Bounded, since a conversation has one request in flight.
 *
 * <pre>
 *   submit -> queue -- a node has a credit --> in flight -- reply --> client
 *               ^                                 |
 *               +---- node lost, write failed ----+      late: a second one in flight
 * </pre>
 */
final class Dispatch implements NodeLinks.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

  // A request that kills the nodes it comes to must not kill all of them.
  private static final int MAX_SENT = 8;
  // A second.
  private static final int WARN_SWEEPS = 1_000 / Heartbeat.PERIOD_MILLIS;
  private static final long EXPIRED_NANOS = 60_000_000_000L;

  /** A job that was sent to a node. */
  private static final class Attempt {
    final Errand errand;
    final NodeLink node;
    // Its reply has the same, even if the node gets another one meanwhile.
    final byte[] token;
    final long sentNanos = System.nanoTime();
    // Whether it was, or will be, sent to another node as well.
    boolean replaced;

    Attempt(Errand errand, NodeLink node) {
      this.errand = errand;
      this.node = node;
      this.token = node.token;
    }
  }

  private final String gateway;
  private NodeLinks nodes;
  private final Map<Long, Attempt> inFlight = new LinkedHashMap<>();
  // Those that were sent before go first.
  private final LinkedHashSet<Errand> again = new LinkedHashSet<>();
  private final LinkedHashSet<Errand> queue = new LinkedHashSet<>();
  private final Latency latency = new Latency();
  private volatile ClusterObserver observer = ClusterObserver.NONE;
  private volatile int usable;
  private long lastId;
  private int stuckSweeps;
  private boolean warned;

  /**
   * @param gateway the id of the gateway
   */
  Dispatch(String gateway) {
    this.gateway = gateway;
  }

  /** Called once, before anything else. */
  void use(NodeLinks nodes) {
    this.nodes = nodes;
  }

  /** Any thread may call. */
  void observe(ClusterObserver observer) {
    this.observer = observer;
  }

  /** How many nodes get jobs. Any thread may call. */
  int usable() {
    return usable;
  }

  void submit(Errand errand) {
    if (!errand.over) {
      queue.add(errand);
      dispatch();
    }
  }

  /** Nobody waits for its reply, from now on. */
  void end(Errand errand) {
    errand.over = true;
    again.remove(errand);
    queue.remove(errand);
  }

  private void dispatch() {
    while (!again.isEmpty() || !queue.isEmpty()) {
      NodeLink node = nodes.leastLoaded(null);
      if (node == null) {
        return;
      }
      Iterator<Errand> first = (again.isEmpty() ? queue : again).iterator();
      Errand errand = first.next();
      first.remove();
      send(errand, node);
    }
  }

  private void send(Errand errand, NodeLink node) {
    long attempt = ++lastId;
    inFlight.put(attempt, new Attempt(errand, node));
    errand.sent++;
    errand.open++;
    errand.setWaiting(false);
    node.inFlight++;
    observer.inFlight(node.name(), node.inFlight);
    node.bus
        .write(errand.message(attempt, gateway, node.token).encode())
        .onFailure(e -> notWritten(attempt, e));
  }

  private void notWritten(long id, Throwable cause) {
    Attempt attempt = remove(id);
    if (attempt != null) {
      LOG.debug("job node {}: a job cannot be sent: {}", attempt.node.name(), cause.toString());
      // It cannot be reached now: no other job until its next heartbeat.
      attempt.node.unreachable = true;
      usableChanged();
      retry(attempt, Retry.WRITE);
      failIfAbandoned(attempt.errand);
      dispatch();
    }
  }

  private Attempt remove(long id) {
    Attempt attempt = inFlight.remove(id);
    if (attempt != null) {
      closed(attempt);
      attempt.node.inFlight--;
      observer.inFlight(attempt.node.name(), attempt.node.inFlight);
    }
    return attempt;
  }

  /** An attempt will not be answered; if it was the last one, its errand waits. */
  private void closed(Attempt attempt) {
    Errand errand = attempt.errand;
    errand.open--;
    errand.setWaiting(errand.open == 0 && again.contains(errand));
  }

  private void retry(Attempt attempt, Retry reason) {
    Errand errand = attempt.errand;
    if (errand.over || attempt.replaced) {
      return;
    }
    attempt.replaced = true;
    if (errand.sent < MAX_SENT) {
      observer.retried(reason);
      again.add(errand);
      errand.setWaiting(errand.open == 0);
    }
  }

  private void failIfAbandoned(Errand errand) {
    if (!errand.over && errand.open == 0 && !again.contains(errand)) {
      fail(errand, "no job node has answered, of " + errand.sent + " tried");
    }
  }

  void reply(JobReply reply) {
    Attempt sent = inFlight.get(reply.id());
    if (sent == null) {
      observer.dropped();
      return;
    }
    if (!MessageDigest.isEqual(sent.token, reply.token())) {
      LOG.debug("a reply in the name of job node {} is dropped", sent.node.name());
      return;
    }
    Attempt attempt = remove(reply.id());
    if (attempt.errand.over) {
      observer.dropped();
    } else if (reply.outcome() == Outcome.REFUSED) {
      nodes.distrust(attempt.node);
      retry(attempt, Retry.REFUSED);
      failIfAbandoned(attempt.errand);
    } else {
      replied(attempt, reply);
    }
    dispatch();
  }

  private void replied(Attempt attempt, JobReply reply) {
    Errand errand = attempt.errand;
    long nanos = System.nanoTime() - attempt.sentNanos;
    observer.served(attempt.node.name(), nanos);
    if (errand.sent == 1) {
      latency.add(Math.max(0, nanos - errand.jobNanos()));
    }
    if (reply.outcome() == Outcome.FAILED) {
      fail(errand, new String(reply.bytes(), StandardCharsets.UTF_8));
    } else {
      end(errand);
      errand.client.replied(reply, attempt.node.name());
    }
  }

  private void fail(Errand errand, String reason) {
    end(errand);
    errand.client.failed(new RemoteFailure(reason));
  }

  /** Called every {@link Heartbeat#PERIOD_MILLIS}, after {@link NodeLinks#sweep}. */
  void sweep() {
    long now = System.nanoTime();
    for (Map.Entry<Long, Attempt> entry : List.copyOf(inFlight.entrySet())) {
      Attempt attempt = entry.getValue();
      long beyond = now - attempt.sentNanos - attempt.errand.jobNanos();
      if (beyond > EXPIRED_NANOS + 4 * attempt.errand.jobNanos() + latency.lateNanos()) {
        // Neither node nor bus will say anything about it: its credit is free again.
        failIfAbandoned(remove(entry.getKey()).errand);
      } else if (beyond > latency.lateNanos() && !attempt.replaced && !attempt.errand.over) {
        sendLateToAnother(attempt);
      }
    }
    dispatch();
    warnWithoutNode();
  }

  /** Only where a credit is free: a loaded cluster gets no second copy of each job. */
  private void sendLateToAnother(Attempt attempt) {
    NodeLink other = nodes.leastLoaded(attempt.node);
    if (other != null && attempt.errand.sent < MAX_SENT) {
      attempt.replaced = true;
      observer.retried(Retry.LATE);
      send(attempt.errand, other);
    }
  }

  private void warnWithoutNode() {
    boolean stuck = usable == 0 && !(queue.isEmpty() && again.isEmpty());
    stuckSweeps = stuck ? stuckSweeps + 1 : 0;
    if (stuckSweeps == WARN_SWEEPS && !warned) {
      warned = true;
      LOG.warn("no job node: requests wait");
    }
  }

  private void usableChanged() {
    int before = usable;
    usable = nodes.usable().size();
    if (before != usable) {
      observer.nodes(usable);
    }
    if (warned && usable > 0) {
      warned = false;
      LOG.info("job nodes: {}; requests go on", usable);
    }
  }

  @Override
  public void changed() {
    usableChanged();
    dispatch();
  }

  @Override
  public void lost(NodeLink node, Retry reason) {
    for (Attempt attempt : List.copyOf(inFlight.values())) {
      if (attempt.node == node) {
        retry(attempt, reason);
      }
    }
  }

  @Override
  public void forgotten(NodeLink node) {
    for (Map.Entry<Long, Attempt> entry : List.copyOf(inFlight.entrySet())) {
      if (entry.getValue().node == node) {
        inFlight.remove(entry.getKey());
        closed(entry.getValue());
        failIfAbandoned(entry.getValue().errand);
      }
    }
    observer.gone(node.name());
  }
}
