package io.upper;

import io.upper.config.Change;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.RetrievedConfiguration;
import io.upper.config.ServerSettings;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
import io.upper.net.FileDescriptors;
import io.upper.server.Server;
import io.upper.server.TlsCredentials;
import io.upper.server.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.transport.Transport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the servers that its configuration enables, and applies changes of it while they run. It
 * is deployed once; that all servers listen completes its start, and a port that is taken fails it.
 *
 * <p>{@code upper serve} hands it the configuration that it has read, and later ones by {@link
 * #apply}; what it is deployed with does not count then. A launcher that knows only its class name,
 * and a program that deploys {@code new MainVerticle()}, get what vertx-config retrieves; later
 * wins, as everywhere: {@code conf/default.json}, the file of {@code -Dupper.conf} or {@code
 * UPPER_CONF}, what it is deployed with, the environment, system properties. That file is looked at
 * every second, and its changes applied. What concerns a whole process (processes, transport,
 * admin, accessLog, and SIGHUP) is then the launcher's matter.
 */
public final class MainVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MainVerticle.class);

  private final Set<Protocol> exclusive;
  private final Map<Protocol, Server> servers = new ConcurrentHashMap<>();
  // Replaced or disabled, until what took their place is told.
  private final List<Server> leaving = new ArrayList<>();
  // When the one that left listens no more: its successor may come back to the same address.
  private final Map<Protocol, Future<Void>> unbound = new EnumMap<>(Protocol.class);
  private Configuration current;
  private Future<Void> lastChange = Future.succeededFuture();
  private final Promise<Void> lastChangeEnded = Promise.promise();
  private boolean ending;

  /** Retrieves its configuration. */
  public MainVerticle() {
    this(null);
  }

  /** Serves a configuration that is read already. */
  public MainVerticle(Configuration configuration) {
    this(configuration, Set.of());
  }

  /**
   * Serves a configuration that is read already.
   *
   * @param exclusive the servers with {@code reusePort} that at the start bind their port
   *     exclusively, and share it only when they listen
   */
  public MainVerticle(Configuration configuration, Set<Protocol> exclusive) {
    this.current = configuration;
    this.exclusive = exclusive;
  }

  @Override
  public Future<?> start() {
    requireOne(context.getInstanceCount());
    if (current != null) {
      return serve();
    }
    RetrievedConfiguration retrieved = new RetrievedConfiguration(vertx, config());
    return retrieved
        .first()
        .compose(
            first -> {
              current = first;
              retrieved.onChange(this::applyRetrieved);
              return serve();
            });
  }

  private void applyRetrieved(Configuration next) {
    apply(next).onFailure(e -> LOG.warn("{}; nothing is changed", e.getMessage()));
  }

  private Future<?> serve() {
    current.requireAServer();
    LOG.info("{}", transport());
    tellLaunchersChoice();
    List<Server> created =
        current.servers().stream()
            .map(server -> Server.of(vertx, server, exclusive.contains(server.protocol())))
            .toList();
    // No client comes in between and takes the descriptors that others need to listen.
    return join(created, Server::prepare)
        .recover(e -> join(created, Server::abandon).transform(v -> Future.failedFuture(e)))
        .compose(v -> join(created, Server::listen))
        .compose(v -> requireDescriptors())
        .onSuccess(v -> opened(created));
  }

  /** Without any client: else none would ever be served. */
  private static Future<Void> requireDescriptors() {
    return FileDescriptors.mayAccept()
        ? Future.succeededFuture()
        : Future.failedFuture("cannot accept connections: " + FileDescriptors.shortage());
  }

  /** Not all(): when one fails, the others must have started before they can be undeployed. */
  private static Future<?> join(List<Server> servers, Function<Server, Future<Void>> action) {
    return Future.join(servers.stream().map(action).toList());
  }

  private void opened(List<Server> listening) {
    for (Server server : listening) {
      servers.put(server.settings().protocol(), server);
      server.open();
    }
    tellTlsEngine(current.tls());
  }

  private static void tellTlsEngine(ServerSettings tls) {
    if (tls.enabled()) {
      // Its library is loaded by now.
      LOG.info("{}", TlsEngine.of(tls.tls().engine()).description());
    }
  }

  private Future<Void> start(ServerSettings settings) {
    return Server.start(vertx, settings)
        .onSuccess(server -> servers.put(settings.protocol(), server))
        .mapEmpty();
  }

  /** The port that the server of a protocol listens on, once this verticle is deployed. */
  public int actualPort(Protocol protocol) {
    return servers.get(protocol).actualPort();
  }

  /** When the TLS server's certificate expires; empty when there is none. */
  public Optional<Instant> certificateExpiry() {
    return Optional.ofNullable(servers.get(Protocol.TLS)).map(Server::certificateExpiry);
  }

  /**
   * Applies another configuration, after those given before; any thread may call. What cannot be
   * applied while serving, and a server that cannot be had as it should be, stays as it is: the log
   * tells. Certificates are read again.
   *
   * @return completes when new connections get what is new; fails with a {@link
   *     ConfigurationException}, and nothing is changed, when it names a file that is not right
   */
  public synchronized Future<Void> apply(Configuration next) {
    Promise<Void> applied = Promise.promise();
    if (ending) {
      LOG.info("configuration: not applied, the server stops");
      applied.complete();
      return applied.future();
    }
    context.runOnContext(
        v -> {
          lastChange = lastChange.transform(before -> check(next).compose(ok -> change(next)));
          lastChange.onComplete(applied);
        });
    return applied.future();
  }

  /**
   * Applies no other configuration from now on: the server is about to stop. Any thread may call.
   *
   * @return completes when those given before are applied, or have failed
   */
  public synchronized Future<Void> endChanges() {
    if (!ending) {
      ending = true;
      if (context == null) {
        lastChangeEnded.complete(); // It was never deployed.
      } else {
        context.runOnContext(v -> lastChange.otherwiseEmpty().onComplete(lastChangeEnded));
      }
    }
    return lastChangeEnded.future();
  }

  private Future<Void> check(Configuration next) {
    try {
      next.requireAServer();
    } catch (ConfigurationException e) {
      return Future.failedFuture(e);
    }
    // Files that are served already may be changed by and by: the server looks after them.
    boolean served =
        servers.containsKey(Protocol.TLS) && next.tls().tls().sameFiles(current.tls().tls());
    return next.tls().enabled() && !served
        ? vertx.executeBlocking(() -> TlsCredentials.read(next.tls().tls())).mapEmpty()
        : Future.succeededFuture();
  }

  private Future<Void> change(Configuration given) {
    Configuration next = current.withoutRestart(given, Change::needsRestart);
    Set<Protocol> failed = EnumSet.noneOf(Protocol.class);
    List<Future<Void>> changes = new ArrayList<>();
    for (Protocol protocol : Protocol.values()) {
      changes.add(
          change(protocol, next.server(protocol))
              .otherwise(
                  e -> {
                    failed.add(protocol);
                    LOG.warn("{}; {} goes on as it was", e.getMessage(), protocol.word());
                    return null;
                  }));
    }
    return Future.join(changes).onSuccess(v -> changed(next, failed)).mapEmpty();
  }

  private void changed(Configuration next, Set<Protocol> failed) {
    Configuration before = current;
    current =
        next.without(
            before.changesTo(next).stream()
                .filter(change -> failed.stream().anyMatch(change::concerns)));
    // What all servers share they get all the same.
    failed.stream()
        .filter(servers::containsKey)
        .forEach(protocol -> servers.get(protocol).change(current.server(protocol)));
    List<Change> applied = before.changesTo(current);
    applied.forEach(change -> LOG.info("{}", change));
    if (applied.isEmpty()) {
      LOG.info("configuration: nothing has changed");
    }
    // Only now, when who reads the log knows where to go instead.
    leaving.forEach(this::leave);
    leaving.clear();
  }

  private void leave(Server server) {
    Promise<Void> done = ((ContextInternal) context).promise();
    server.stop().onComplete(done);
    unbound.merge(
        server.settings().protocol(),
        done.future(),
        (earlier, last) -> Future.join(earlier, last).mapEmpty());
  }

  private Future<Void> change(Protocol protocol, ServerSettings next) {
    Server server = servers.get(protocol);
    if (server == null) {
      return next.enabled() ? startNext(next) : Future.succeededFuture();
    }
    if (!next.enabled()) {
      servers.remove(protocol);
      leaving.add(server);
      return Future.succeededFuture();
    }
    return server.listensOn(next)
        ? server.change(next).compose(v -> server.reloadCertificates())
        : move(server, next);
  }

  /** The new address is bound before the old one is left. */
  private Future<Void> move(Server server, ServerSettings next) {
    return startNext(next).onSuccess(v -> leaving.add(server));
  }

  private Future<Void> startNext(ServerSettings next) {
    return unbound
        .getOrDefault(next.protocol(), Future.succeededFuture())
        .compose(v -> start(next));
  }

  /**
   * Refuses several instances: each would listen on the ports of all servers.
   *
   * @throws ConfigurationException that says where instances are set
   */
  public static void requireOne(int instances) {
    if (instances > 1) {
      throw new ConfigurationException(
          "-instances: MainVerticle is deployed once, not "
              + instances
              + " times: set \"instances\" of tcp, udp and tls in the configuration");
    }
  }

  /** Our own launcher takes a native transport where there is one; others have to be told. */
  private void tellLaunchersChoice() {
    Transport other = Transport.nativeTransport();
    if (!vertx.isNativeTransportEnabled()
        && current.transport() != TransportKind.NIO
        && other != null
        && other.available()) {
      LOG.info(
          "the launcher has chosen nio: with preferNativeTransport in the Vert.x options it is {}",
          other.name());
    }
  }

  /** Which transport serves; and if it is not a native one, why. */
  private String transport() {
    String name = ((VertxInternal) vertx).transport().getClass().getSimpleName();
    String transport = "transport: " + name.replace("Transport", "").toLowerCase(Locale.ROOT);
    Throwable cause = vertx.unavailableNativeTransportCause();
    return vertx.isNativeTransportEnabled() || cause == null
        ? transport
        : transport + "; a native one is not available: " + TemporaryFiles.whyNotLoaded(cause);
  }
}
