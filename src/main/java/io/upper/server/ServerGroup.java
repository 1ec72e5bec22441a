package io.upper.server;

import io.netty.util.NetUtil;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.RequestEvent;
import io.upper.model.RequestLog;
import io.upper.model.RequestObserver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of one server share: the port, the model and the limits. Each instance joins
 * when it starts and leaves when it has stopped; the last one that leaves closes the model.
 * Thread-safe.
 */
final class ServerGroup implements Shareable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);
  private static final String GROUPS = "upper.server-groups";
  private static final int PORTS = 65_535;
  private static final AtomicInteger SERIAL = new AtomicInteger();

  private final LocalMap<String, ServerGroup> groups;
  private final Vertx vertx;
  private final String deployment;
  private final ServerSettings settings;
  private final int instances;
  private final int serial = SERIAL.getAndIncrement() % PORTS + 1;
  private final ConcurrencyModel model;
  private final ServerMetrics metrics;
  private final Promise<Integer> firstPort = Promise.promise();
  private final Drops drops;
  private final SourceRates rates;
  private final AtomicInteger conversations = new AtomicInteger();
  private final AtomicBoolean first = new AtomicBoolean(true);
  private int joined;
  private int listening;

  private ServerGroup(
      LocalMap<String, ServerGroup> groups,
      Vertx vertx,
      Context context,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models) {
    this.groups = groups;
    this.vertx = vertx;
    this.deployment = context.deploymentID();
    this.settings = settings;
    this.instances = context.getInstanceCount();
    this.model = models.apply(settings);
    this.metrics = ServerMetrics.of(vertx);
    boolean datagrams = settings.protocol() == Protocol.UDP;
    this.drops =
        new Drops(
            vertx,
            settings.protocol().word() + (datagrams ? " datagram dropped" : " connection refused"),
            settings.protocol(),
            metrics);
    this.rates =
        settings.ratePerSource() == 0
            ? null
            : new SourceRates(
                settings.ratePerSource(), settings.burstPerSource(), System.nanoTime());
  }

  /** The group of the deployment that {@code context} belongs to; the caller is one more member. */
  static ServerGroup join(
      Vertx vertx,
      Context context,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models) {
    LocalMap<String, ServerGroup> groups = vertx.sharedData().getLocalMap(GROUPS);
    ServerGroup group =
        groups.computeIfAbsent(
            context.deploymentID(),
            id -> new ServerGroup(groups, vertx, context, settings, models));
    synchronized (group) {
      group.joined++;
    }
    return group;
  }

  /** One member less; completes when what it leaves behind is freed. */
  synchronized Future<Void> leave() {
    if (--joined > 0) {
      return Future.succeededFuture();
    }
    groups.remove(deployment);
    return model.close();
  }

  ConcurrencyModel model() {
    return model;
  }

  /** Who wants to know of a new conversation's requests; null for nobody. */
  RequestObserver observer() {
    return RequestObserver.of(
        RequestLog.ifEnabled(),
        RequestEvent.ifEnabled(),
        metrics == null ? null : metrics.requests(settings.protocol()));
  }

  /** Who counts what the server does; null for nobody. */
  ServerMetrics metrics() {
    return metrics;
  }

  ServerSettings settings() {
    return settings;
  }

  int instances() {
    return instances;
  }

  /**
   * The port for {@code NetServer.listen}: with port 0 each instance would take a port of its own;
   * a negative one stands for one free port shared by all who name it.
   */
  int sharedPort() {
    return settings.port() == 0 ? -serial : settings.port();
  }

  /** Whether the caller is the first to ask: it takes the port, the others share it. */
  boolean first() {
    return first.getAndSet(false);
  }

  /**
   * The port that the first instance has taken, told on {@code context}; fails when it could not.
   */
  Future<Integer> firstPort(Context context) {
    Promise<Integer> told = ((ContextInternal) context).promise();
    firstPort.future().onComplete(told);
    return told.future();
  }

  /** The address to listen on; called on an instance's context, fails when the name is unknown. */
  Future<InetAddress> address() {
    if (settings.reusePort() && !vertx.isNativeTransportEnabled()) {
      return Future.failedFuture(
          cannotListen("sharing a port among processes needs a native transport", null));
    }
    return vertx
        .executeBlocking(() -> InetAddress.getByName(settings.host()))
        .recover(cause -> Future.failedFuture(cannotListen("the name is unknown", cause)));
  }

  /** An instance listens; when all do, the server is announced. */
  synchronized void listening(InetSocketAddress address, int sockets) {
    int port = address.getPort();
    firstPort.tryComplete(port);
    if (++listening == instances) {
      LOG.info(
          "{} listening on {} ({} {}, {})",
          settings.protocol().word(),
          NetUtil.toSocketAddressString(address),
          sockets,
          sockets == 1 ? "instance" : "instances",
          settings.model().word());
    }
  }

  /** The first instance could not listen. */
  void failed(Throwable cause) {
    firstPort.tryFail(cause);
  }

  /** Why the server does not start, in one line. */
  IllegalStateException cannotListen(String reason, Throwable cause) {
    return new IllegalStateException(
        "%s cannot listen on %s:%d: %s"
            .formatted(settings.protocol().word(), settings.host(), settings.port(), reason),
        cause);
  }

  /** What was turned away, counted. */
  Drops drops() {
    return drops;
  }

  /** How many connections are open, or datagrams at work. */
  int open() {
    return conversations.get();
  }

  /** Takes a place for a connection or a datagram, if there is one; else that is counted. */
  boolean admit() {
    int max = settings.maxConversations();
    if (conversations.incrementAndGet() <= max) {
      return true;
    }
    conversations.decrementAndGet();
    boolean datagrams = settings.protocol() == Protocol.UDP;
    drops.count(
        datagrams ? Drops.Reason.MAX_PENDING : Drops.Reason.MAX_CONNECTIONS,
        () -> "more than " + max + (datagrams ? " are pending" : " are open"));
    return false;
  }

  /** One that was admitted is over. */
  void release() {
    conversations.decrementAndGet();
  }

  /** Takes a token of a datagram's source. */
  boolean mayAsk(InetAddress source) {
    return rates == null || rates.admits(source, System.nanoTime());
  }
}
