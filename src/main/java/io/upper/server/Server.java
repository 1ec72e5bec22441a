package io.upper.server;

import io.upper.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server that can be changed while it runs. Each instance is a deployment. All methods are called
 * on the context of the owning verticle.
 */
public final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private record Instance(String deployment, ServerVerticle verticle) {}

  private final Vertx vertx;
  private final ServerGroup group;
  // Newest last: those are stopped first.
  private final Deque<Instance> instances = new ArrayDeque<>();
  private final CertificateWatch certificates;

  private Server(Vertx vertx, ServerSettings settings, boolean exclusive) {
    this.vertx = vertx;
    this.group = ServerGroup.of(vertx, settings, exclusive);
    this.certificates = new CertificateWatch(vertx, group, this::install);
  }

  /**
   * Creates a server; call {@link #prepare}, {@link #listen} and {@link #open} in this order.
   *
   * @param exclusive with {@code reusePort}: whether the port is bound exclusively and shared only
   *     afterwards, so that start-up fails if another process has it, even shared
   */
  public static Server of(Vertx vertx, ServerSettings settings, boolean exclusive) {
    return new Server(vertx, settings, exclusive);
  }

  /**
   * Starts a server.
   *
   * @return completes when it accepts connections; fails, with everything freed, if it cannot
   *     listen
   */
  public static Future<Server> start(Vertx vertx, ServerSettings settings) {
    Server server = of(vertx, settings, false);
    return server
        .prepare()
        .compose(v -> server.listen())
        .compose(
            v ->
                server
                    .certificates
                    .install()
                    .recover(e -> server.stop().transform(done -> Future.failedFuture(e))))
        .onSuccess(v -> server.open())
        .map(server);
  }

  /**
   * Loads all that listening needs, before clients can connect and take file descriptors.
   *
   * @return fails, with everything freed, if something is missing
   */
  public Future<Void> prepare() {
    return group.prepare().recover(e -> abandon().transform(v -> Future.failedFuture(e)));
  }

  /** Frees a prepared server that is not to listen after all. */
  public Future<Void> abandon() {
    return group.model().close();
  }

  /**
   * Makes all instances listen, after {@link #prepare}.
   *
   * @return completes when all listen; fails, with all undeployed, if one cannot
   */
  public Future<Void> listen() {
    return grow(settings().instances()).onSuccess(v -> certificates.start());
  }

  /** Starts accepting; connections have waited in the backlog until now. */
  public void open() {
    group.open();
  }

  public ServerSettings settings() {
    return group.settings();
  }

  /** The port that it listens on. */
  public int actualPort() {
    return instances.getFirst().verticle.actualPort();
  }

  /** Whether its address is the one in other settings. */
  public boolean listensOn(ServerSettings other) {
    ServerSettings own = group.settings();
    if (own.unix() != null || other.unix() != null) {
      return own.unix() != null
          && other.unix() != null
          && own.unix().path().equals(other.unix().path());
    }
    boolean samePort = other.port() == own.port() || other.port() == actualPort();
    return samePort && other.host().equals(own.host());
  }

  /**
   * Applies other settings with the same address to new requests and connections. Instances that
   * are replaced drain their connections, which may take longer than this.
   *
   * @return fails, with nothing changed, if another instance cannot start
   */
  public Future<Void> change(ServerSettings next) {
    ServerSettings before = group.settings();
    return certificates
        .change(next)
        .compose(v -> resize(before, next))
        .onFailure(e -> group.change(before));
  }

  private Future<Void> resize(ServerSettings before, ServerSettings next) {
    group.change(next);
    // Bind-time settings are applied by replacement instances.
    int leaving = next.sameInstances(before) ? 0 : instances.size();
    List<Instance> old = instances.stream().limit(leaving).toList();
    int missing = next.instances() - (instances.size() - leaving);
    return grow(Math.max(0, missing))
        .onSuccess(
            v -> {
              instances.removeAll(old);
              old.forEach(this::stop);
              while (instances.size() > next.instances()) {
                stop(instances.removeLast());
              }
            });
  }

  private Future<Void> grow(int more) {
    List<Future<Instance>> started = Stream.generate(this::deploy).limit(more).toList();
    // Not all(): when one fails, the others must have started before they can be undeployed.
    return Future.join(started)
        .onSuccess(v -> started.forEach(instance -> instances.addLast(instance.result())))
        .<Void>mapEmpty()
        .recover(
            cause -> {
              List<Future<Void>> undone =
                  started.stream()
                      .filter(Future::succeeded)
                      .map(instance -> vertx.undeploy(instance.result().deployment))
                      .toList();
              return Future.join(undone).transform(v -> Future.failedFuture(cause));
            });
  }

  private Future<Instance> deploy() {
    ServerVerticle verticle =
        switch (group.settings().protocol()) {
          case TCP -> new TcpServerVerticle(context -> group);
          case UDP -> new UdpServerVerticle(context -> group);
          case TLS -> new TlsServerVerticle(context -> group);
        };
    return vertx.deployVerticle(verticle).map(id -> new Instance(id, verticle));
  }

  private Future<Void> stop(Instance instance) {
    return vertx
        .undeploy(instance.deployment)
        .onFailure(e -> LOG.warn("{}: cannot stop an instance: {}", name(), e.toString()));
  }

  /**
   * Stops accepting and drains the connections.
   *
   * @return completes when the address is free for another server; the drain may take longer
   */
  public Future<Void> stop() {
    certificates.stop();
    List<Future<Void>> unbound = instances.stream().map(i -> i.verticle.unbound()).toList();
    Future<Void> drained =
        Future.join(instances.stream().map(this::stop).toList()).<Void>mapEmpty().otherwiseEmpty();
    // Drained but still bound: another server shares the socket.
    return Future.any(Future.join(unbound), drained).mapEmpty();
  }

  private String name() {
    return group.settings().protocol().word();
  }

  /** See {@link CertificateWatch#reload}. */
  public Future<Void> reloadCertificates() {
    return certificates.reload();
  }

  /** See {@link CertificateWatch#checkExpiry}; for tests, which need not wait a day. */
  Future<Void> checkExpiry(Instant now) {
    return certificates.checkExpiry(now);
  }

  /** Instances share their sockets, so one installs the credentials for all. */
  private Future<Void> install(TlsCredentials credentials) {
    return ((TlsServerVerticle) instances.getFirst().verticle).renew(credentials);
  }
}
