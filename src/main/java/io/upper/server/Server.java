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
 * A server that can change while it runs: its instances, a deployment each. All methods are called
 * on the context of the verticle that it belongs to.
 */
public final class Server {
  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  private record Instance(String deployment, ServerVerticle verticle) {}

  private final Vertx vertx;
  private final ServerGroup group;
  // The newest last: those leave first.
  private final Deque<Instance> instances = new ArrayDeque<>();
  private final CertificateWatch certificates;

  private Server(Vertx vertx, ServerSettings settings, boolean exclusive) {
    this.vertx = vertx;
    this.group = ServerGroup.of(vertx, settings, exclusive);
    this.certificates = new CertificateWatch(vertx, group, this::show);
  }

  /**
   * A server that does nothing yet: {@link #prepare}, {@link #listen} and {@link #open} it.
   *
   * @param exclusive whether it binds its port exclusively, although it shares it then, with {@code
   *     reusePort}: a port that is taken fails the start even if its holder would share it
   */
  public static Server of(Vertx vertx, ServerSettings settings, boolean exclusive) {
    return new Server(vertx, settings, exclusive);
  }

  /**
   * Starts a server.
   *
   * @return completes when it accepts connections; fails, with nothing left, when it cannot listen
   */
  public static Future<Server> start(Vertx vertx, ServerSettings settings) {
    Server server = of(vertx, settings, false);
    return server
        .prepare()
        .compose(v -> server.listen())
        .compose(v -> server.certificates.show())
        .onSuccess(v -> server.open())
        .map(server);
  }

  /**
   * Has at hand all that listening takes, so that nothing is missing once clients may come.
   *
   * @return fails, with nothing left, when something is missing
   */
  public Future<Void> prepare() {
    return group.prepare().recover(e -> abandon().transform(v -> Future.failedFuture(e)));
  }

  /** Frees what a server holds that is not to listen after all. */
  public Future<Void> abandon() {
    return group.model().close();
  }

  /**
   * Has all its instances listen, after {@link #prepare}.
   *
   * @return completes when they do; fails, with none left, when one cannot
   */
  public Future<Void> listen() {
    return grow(settings().instances()).onSuccess(v -> certificates.start());
  }

  /** Has it accept connections, which have waited until now. */
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

  /** Whether it listens where other settings say. */
  public boolean listensOn(ServerSettings other) {
    boolean samePort = other.port() == group.settings().port() || other.port() == actualPort();
    return samePort && other.host().equals(group.settings().host());
  }

  /** When the first of its certificates expires; null without TLS. */
  public Instant certificateExpiry() {
    return group.credentials().expiry();
  }

  /**
   * Applies other settings of the same address. Requests and connections that come from now on get
   * them. Instances that leave go on until their connections are drained, longer than this.
   *
   * @return fails, with nothing changed, when an instance more cannot be had
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
    // What a listening instance cannot change, others do that take its place.
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
        .onFailure(e -> LOG.warn("{}: an instance did not stop: {}", name(), e.toString()));
  }

  /**
   * Stops accepting, and drains its connections.
   *
   * @return completes when its address is free for another server; the drain may take longer
   */
  public Future<Void> stop() {
    certificates.stop();
    List<Future<Void>> unbound = instances.stream().map(i -> i.verticle.unbound()).toList();
    Future<Void> drained =
        Future.join(instances.stream().map(this::stop).toList()).<Void>mapEmpty().otherwiseEmpty();
    // Drained, but still bound: another server has joined the same socket.
    return Future.any(Future.join(unbound), drained).mapEmpty();
  }

  private String name() {
    return group.settings().protocol().word();
  }

  /** Reads the certificates again, see {@link CertificateWatch#reload}. */
  public Future<Void> reloadCertificates() {
    return certificates.reload();
  }

  /** Instances share their sockets, so one shows the credentials for all. */
  private Future<Void> show(TlsCredentials credentials) {
    return ((TlsServerVerticle) instances.getFirst().verticle).renew(credentials);
  }
}
