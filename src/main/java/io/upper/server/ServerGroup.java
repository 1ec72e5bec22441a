package io.upper.server;

import io.netty.util.NetUtil;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Models;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the instances of one server share: the settings, the port, the model and the limits. Each
 * instance joins when it starts and leaves when it has stopped; the last one that leaves closes the
 * model. Thread-safe.
 */
final class ServerGroup implements Shareable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerGroup.class);
  private static final String GROUPS = "upper.server-groups";
  private static final int PORTS = 65_535;
  private static final AtomicInteger SERIAL = new AtomicInteger();

  private final Vertx vertx;
  private final int instances;
  private final Function<ServerSettings, ConcurrencyModel> models;
  private final Runnable forgotten;
  private final int port;
  private final int serial = SERIAL.getAndIncrement() % PORTS + 1;
  private final ServerMetrics metrics;
  // Not the group's own, which event loops take.
  private final Object credentialsLock = new Object();
  private final Set<ModelInUse> replaced = ConcurrentHashMap.newKeySet();
  private volatile ServerSettings settings;
  private volatile ModelInUse model;
  private volatile Runnable portSharing = () -> {};
  private volatile TlsCredentials credentials;
  private final Promise<Integer> firstPort = Promise.promise();
  private final Drops drops;
  private volatile SourceRates rates;
  private final AtomicInteger conversations = new AtomicInteger();
  private final AtomicBoolean first = new AtomicBoolean(true);
  private int joined;
  private int listening;

  private ServerGroup(
      Vertx vertx,
      int instances,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models,
      Runnable forgotten) {
    this.vertx = vertx;
    this.instances = instances;
    this.port = settings.port();
    this.settings = settings;
    this.models = models;
    this.forgotten = forgotten;
    this.model = new ModelInUse(models.apply(settings));
    this.metrics = ServerMetrics.of(vertx);
    boolean datagrams = settings.protocol() == Protocol.UDP;
    this.drops =
        new Drops(
            vertx,
            settings.protocol().word() + (datagrams ? " datagram dropped" : " connection refused"),
            settings.protocol(),
            metrics);
    this.rates = rates(settings);
  }

  private static SourceRates rates(ServerSettings settings) {
    return settings.ratePerSource() == 0
        ? null
        : new SourceRates(settings.ratePerSource(), settings.burstPerSource(), System.nanoTime());
  }

  /** A group whose instances are told it, a deployment each. */
  static ServerGroup of(Vertx vertx, ServerSettings settings) {
    return new ServerGroup(vertx, settings.instances(), settings, Models::create, () -> {});
  }

  /** The group of the one deployment that {@code context} and its instances belong to. */
  static ServerGroup of(
      Vertx vertx,
      Context context,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models) {
    LocalMap<String, ServerGroup> groups = vertx.sharedData().getLocalMap(GROUPS);
    return groups.computeIfAbsent(
        context.deploymentID(),
        id ->
            new ServerGroup(
                vertx, context.getInstanceCount(), settings, models, () -> groups.remove(id)));
  }

  /** One member more; called on its event loop. */
  synchronized ServerGroup join() {
    joined++;
    if (metrics != null) {
      // What there is to count is shown from the start, with 0.
      metrics.loop(settings.protocol());
      metrics.requests(settings.protocol());
    }
    return this;
  }

  /** One member less; completes when what it leaves behind is freed. */
  synchronized Future<Void> leave() {
    if (--joined > 0) {
      return Future.succeededFuture();
    }
    forgotten.run();
    return Future.join(
            Stream.concat(Stream.of(model), replaced.stream()).map(ModelInUse::close).toList())
        .mapEmpty();
  }

  /** The settings as they are now. */
  ServerSettings settings() {
    return settings;
  }

  /**
   * Other settings: for new requests, and new conversations as far as they concern the model. Not
   * those that the listening sockets depend on.
   */
  synchronized void change(ServerSettings next) {
    boolean otherModel = !next.sameModel(settings);
    if (next.ratePerSource() != settings.ratePerSource()
        || next.burstPerSource() != settings.burstPerSource()) {
      rates = rates(next);
    }
    settings = next;
    if (otherModel) {
      ModelInUse before = model;
      model = new ModelInUse(models.apply(next));
      replaced.removeIf(ModelInUse::isClosed);
      replaced.add(before);
      before.replace();
    }
  }

  /** The model of new conversations; of those that do not answer within the call, see below. */
  ConcurrencyModel model() {
    return model.model();
  }

  /** The model for a conversation, which has to {@link ModelInUse#leave} it when it is over. */
  ModelInUse enterModel() {
    ModelInUse current = model;
    while (!current.enter()) {
      current = model; // It was replaced just now.
    }
    return current;
  }

  /** What a TLS server shows and trusts; null before it is read. */
  TlsCredentials credentials() {
    return credentials;
  }

  void credentials(TlsCredentials credentials) {
    this.credentials = credentials;
    if (metrics != null) {
      metrics.certificate(credentials.expiry());
    }
  }

  /** Reads and checks them if no instance has yet; blocks. */
  TlsCredentials readCredentials() throws IOException {
    synchronized (credentialsLock) {
      if (credentials == null) {
        TlsCredentials.makeIfMissing(settings.tls());
        credentials(TlsCredentials.read(settings.tls()));
      }
      return credentials;
    }
  }

  /** Who wants to know of a new conversation's requests; null for nobody. */
  RequestObserver observer() {
    RequestObserver log = RequestLog.ifEnabled();
    RequestObserver recording = RequestEvent.ifEnabled();
    // Every datagram is a conversation: this is asked often, and nobody is usual.
    RequestObserver counting = metrics == null ? null : metrics.requests(settings.protocol());
    return log == null && recording == null
        ? counting
        : RequestObserver.of(log, recording, counting);
  }

  /** Who counts what the server does; null for nobody. */
  ServerMetrics metrics() {
    return metrics;
  }

  /** How many instances the server starts with. */
  int instances() {
    return instances;
  }

  /** How the first instance lets others share its port. */
  void onSharing(Runnable portSharing) {
    this.portSharing = portSharing;
  }

  /** Another instance is about to take the first one's port. */
  void sharePort() {
    portSharing.run();
  }

  /**
   * The port for {@code NetServer.listen}: with port 0 each instance would take a port of its own;
   * a negative one stands for one free port shared by all who name it.
   */
  int sharedPort() {
    return port == 0 ? -serial : port;
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
    SourceRates rates = this.rates;
    return rates == null || rates.admits(source, System.nanoTime());
  }
}
