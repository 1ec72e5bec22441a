package io.upper.cluster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands jobs to the nodes of a cluster, and keeps each until its reply. The event bus is best
 * effort, so a job is sent again, to another node, when its node is gone or slow; the first reply
 * counts, later ones are dropped by their id. One instance serves all servers of a process, on a
 * context of its own; any thread may call its methods.
 *
 * <p>{@link NodeLinks} are the nodes, {@link Dispatch} the jobs.
 */
public final class Gateway implements Shareable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final String INSTALLED = "upper.cluster";

  private final String id = UUID.randomUUID().toString();
  private final Vertx vertx;
  private final Context context;
  private final BusAddresses addresses;
  private final Dispatch jobs = new Dispatch(id);
  private final NodeLinks nodes;
  private MessageConsumer<JsonObject> heartbeats;
  private MessageConsumer<Object> inbox;
  private long timer = -1;

  /** See {@link NodeLinks}. */
  Gateway(
      Vertx vertx,
      BusAddresses addresses,
      Proof proof,
      String localNode,
      UnaryOperator<String> addressOfMember) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.addresses = addresses;
    this.nodes = new NodeLinks(vertx, id, addresses, proof, localNode, addressOfMember, jobs);
    jobs.use(nodes);
  }

  /** The gateway of a process, or null. */
  static Gateway of(Vertx vertx) {
    return installed(vertx).get(INSTALLED);
  }

  /** Makes all servers of a process use it. */
  void install() {
    installed(vertx).put(INSTALLED, this);
  }

  private static LocalMap<String, Gateway> installed(Vertx vertx) {
    return vertx.sharedData().getLocalMap(INSTALLED);
  }

  /** Listens for nodes; completes when they can reach it. */
  Future<Void> start() {
    Promise<Void> started = Promise.promise();
    context.runOnContext(
        v -> {
          EventBus bus = vertx.eventBus();
          heartbeats = bus.consumer(addresses.heartbeats(), this::heartbeat);
          inbox = bus.consumer(addresses.gateway(id), this::message);
          timer = vertx.setPeriodic(Heartbeat.PERIOD_MILLIS, t -> sweep());
          Future.all(heartbeats.completion(), inbox.completion())
              .<Void>mapEmpty()
              .onComplete(started);
        });
    return started.future();
  }

  /** Stops listening; jobs in flight are not answered any more. */
  Future<Void> stop() {
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(
        v -> {
          vertx.cancelTimer(timer);
          Future.join(heartbeats.unregister(), inbox.unregister())
              .<Void>mapEmpty()
              .onComplete(stopped);
        });
    return stopped.future();
  }

  /** Reports to {@code observer} from now on. */
  public void observe(ClusterObserver observer) {
    jobs.observe(observer);
    context.runOnContext(v -> observer.nodes(jobs.usable()));
  }

  /** Why this process cannot serve now; null if it can. */
  public String obstacle() {
    return jobs.usable() == 0 ? "no job node" : null;
  }

  /** A process has left the cluster, or is dead. */
  void memberRemoved(String member) {
    context.runOnContext(v -> nodes.memberRemoved(member));
  }

  /** Takes a job over. */
  void submit(Errand errand) {
    context.runOnContext(v -> jobs.submit(errand));
  }

  /** Nobody waits for the reply any more. */
  void cancel(Errand errand) {
    context.runOnContext(v -> jobs.end(errand));
  }

  private void heartbeat(Message<JsonObject> message) {
    try {
      nodes.heard(Heartbeat.decode(message.body()));
    } catch (RuntimeException e) {
      LOG.debug("a heartbeat is dropped: {}", e.toString());
    }
  }

  private void message(Message<Object> message) {
    try {
      if (message.body() instanceof Buffer buffer) {
        jobs.reply(JobReply.decode(buffer));
      } else if (message.body() instanceof JsonObject answer) {
        nodes.answered(answer);
      }
    } catch (RuntimeException e) {
      LOG.debug("a message of a job node is dropped: {}", e.toString());
    }
  }

  private void sweep() {
    nodes.sweep();
    jobs.sweep();
  }
}
