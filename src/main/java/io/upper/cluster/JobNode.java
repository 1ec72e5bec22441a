package io.upper.cluster;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.upper.cluster.JobReply.Outcome;
import io.upper.net.Listeners;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the jobs of all gateways that have proved to have the cluster's secret, on a fixed number of
 * threads. {@link GatewayLinks} are those gateways. Its state belongs to a context of its own; any
 * thread may call its methods.
 */
final class JobNode {
  private static final Logger LOG = LoggerFactory.getLogger(JobNode.class);

  // Gateways bound what they send; this bounds the sum of all.
  private static final int MAX_QUEUED = 10_000;
  // Jobs that were sent before a gateway heard that this node leaves arrive within this time.
  private static final long QUIET_NANOS = 500_000_000L;
  private static final int REPLY_TRIES = 20;
  private static final int REPLY_PAUSE_MILLIS = 100;

  private final String id = UUID.randomUUID().toString();
  private final Vertx vertx;
  private final Context context;
  private final BusAddresses addresses;
  private final String name;
  private final Supplier<String> member;
  private final int workers;
  private final ThreadPoolExecutor pool;
  private final JobWork work = new JobWork();
  private final GatewayLinks gateways;
  private final MessageProducer<JsonObject> heartbeats;
  private MessageConsumer<Object> inbox;
  private long timer = -1;
  private boolean beating;
  // Why no gateway hears it; null if one does.
  private String unheard;
  private int load;
  private long busyNanos = System.nanoTime();
  private boolean leaving;

  /**
   * @param name as gateways log it
   * @param member the id of this process in the cluster
   * @param workers number of threads, at least 1
   */
  JobNode(
      Vertx vertx,
      BusAddresses addresses,
      Proof proof,
      String name,
      Supplier<String> member,
      int workers) {
    this.vertx = vertx;
    this.context = ((VertxInternal) vertx).createEventLoopContext();
    this.addresses = addresses;
    this.name = name;
    this.member = member;
    this.workers = workers;
    this.gateways = new GatewayLinks(vertx, addresses, proof, id, name);
    this.heartbeats = vertx.eventBus().publisher(addresses.heartbeats());
    this.pool =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_QUEUED),
            new DefaultThreadFactory("upper-node-worker", true));
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  /** Offers itself to gateways; completes when they can reach it. */
  Future<Void> start() {
    Promise<Void> started = Promise.promise();
    context.runOnContext(
        v -> {
          inbox = vertx.eventBus().consumer(addresses.node(id), this::message);
          timer = vertx.setPeriodic(Heartbeat.PERIOD_MILLIS, t -> beat());
          inbox.completion().onSuccess(registered -> beat()).onComplete(started);
        });
    return started.future();
  }

  /** Completes when the first gateway gives it jobs. */
  Future<Void> welcomed() {
    return gateways.welcomed();
  }

  /** From now on gateways of other processes send no more jobs. */
  void announceLeave() {
    context.runOnContext(
        v -> {
          leaving = true;
          busyNanos = System.nanoTime();
          beat();
        });
  }

  /**
   * Leaves: finishes the jobs that it has, then stops.
   *
   * @param patience how long that may take
   */
  Future<Void> leave(Duration patience) {
    announceLeave();
    Promise<Void> done = Promise.promise();
    context.runOnContext(v -> awaitQuiet(System.nanoTime() + patience.toNanos(), done));
    return done.future().compose(v -> stop());
  }

  private void awaitQuiet(long deadline, Promise<Void> done) {
    long now = System.nanoTime();
    if (load == 0 && now - busyNanos > QUIET_NANOS) {
      done.complete();
    } else if (now - deadline > 0) {
      LOG.warn("job node {} leaves with {} jobs undone: gateways repeat them", name, load);
      done.complete();
    } else {
      vertx.setTimer(Heartbeat.PERIOD_MILLIS / 2, t -> awaitQuiet(deadline, done));
    }
  }

  /** Stops at once. */
  Future<Void> stop() {
    Promise<Void> stopped = Promise.promise();
    context.runOnContext(
        v -> {
          vertx.cancelTimer(timer);
          pool.shutdownNow();
          inbox.unregister().onComplete(stopped);
        });
    return stopped.future();
  }

  /** One heartbeat at a time: a bus that is stuck must not collect them. */
  private void beat() {
    if (beating) {
      return;
    }
    beating = true;
    heartbeats
        .write(new Heartbeat(id, name, member.get(), workers, load, leaving).encode())
        .onComplete(this::beaten);
  }

  private void beaten(AsyncResult<Void> written) {
    beating = false;
    String reason = null;
    if (written.failed()) {
      Throwable cause = written.cause();
      reason = cause instanceof ReplyException ? "there is none" : Listeners.reason(cause);
      if (!reason.equals(unheard)) {
        LOG.info("job node {} waits for a gateway: {}", name, reason);
      }
    }
    unheard = reason;
  }

  private void message(Message<Object> message) {
    try {
      if (message.body() instanceof Buffer buffer) {
        job(JobMessage.decode(buffer));
      } else if (message.body() instanceof JsonObject json) {
        gateways.handshake(json);
      }
    } catch (RuntimeException e) {
      LOG.debug("a message of a gateway is dropped: {}", e.toString());
    }
  }

  private void job(JobMessage message) {
    MessageProducer<Object> gateway = gateways.trusted(message);
    if (gateway == null) {
      refuse(message);
      return;
    }
    load++;
    busyNanos = System.nanoTime();
    try {
      pool.execute(
          () -> {
            JobReply reply = work.reply(message);
            context.runOnContext(v -> done(gateway, reply));
          });
    } catch (RejectedExecutionException e) {
      load--;
      refuse(message);
    }
  }

  private void refuse(JobMessage message) {
    byte[] none = {};
    JobReply reply = new JobReply(message.id(), message.token(), Outcome.REFUSED, 0, none, none);
    vertx
        .eventBus()
        .<Object>sender(addresses.gateway(message.gateway()))
        .write(reply.encode())
        .onFailure(e -> LOG.debug("a refused job cannot be answered: {}", e.toString()));
  }

  private void done(MessageProducer<Object> gateway, JobReply reply) {
    load--;
    busyNanos = System.nanoTime();
    send(gateway, reply.encode(), REPLY_TRIES);
  }

  /** While members come and go, the bus may not know the way for a moment. */
  private void send(MessageProducer<Object> gateway, Buffer reply, int tries) {
    gateway
        .write(reply)
        .onFailure(
            e -> {
              if (tries > 1) {
                vertx.setTimer(REPLY_PAUSE_MILLIS, t -> send(gateway, reply, tries - 1));
              } else {
                LOG.info("a reply reaches no gateway: {}", e.toString());
              }
            });
  }
}
