package io.upper;

import io.upper.config.Change;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.net.FileDescriptors;
import io.upper.server.Server;
import io.upper.server.ServerEvents;
import io.upper.server.TlsCredentials;
import io.upper.server.TlsEngine;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of a {@link MainVerticle}: starts those that a configuration enables, and applies
 * other configurations to them. All methods but {@link #actualPort}, {@link #addresses} and {@link
 * #configuration} are called on the verticle's context, one at a time.
 */
final class RunningServers {
  private static final Logger LOG = LoggerFactory.getLogger(MainVerticle.class);

  private final Vertx vertx;
  private final ContextInternal context;
  private final Map<Protocol, Server> servers = new ConcurrentHashMap<>();
  // Replaced or disabled servers, until the change is logged.
  private final List<Server> leaving = new ArrayList<>();
  // Completes when the stopped server has released its address, which its successor may need.
  private final Map<Protocol, Future<Void>> unbound = new EnumMap<>(Protocol.class);
  private volatile Configuration current;

  RunningServers(Context context, Configuration configuration) {
    this.vertx = context.owner();
    this.context = (ContextInternal) context;
    this.current = configuration;
  }

  /**
   * Starts the enabled servers.
   *
   * @param exclusive see {@link MainVerticle#MainVerticle(Configuration, Set)}
   * @return completes when all listen; fails, with everything freed, if one cannot
   */
  Future<?> start(Set<Protocol> exclusive) {
    List<Server> created = new ArrayList<>();
    try {
      for (ServerSettings server : current.servers()) {
        created.add(Server.of(vertx, server, exclusive.contains(server.protocol())));
      }
    } catch (RuntimeException | Error e) { // A model cannot be made.
      return join(created, Server::abandon).transform(v -> Future.failedFuture(e));
    }
    // No client connects meanwhile and takes the descriptors that others need to listen.
    return join(created, Server::prepare)
        .recover(e -> join(created, Server::abandon).transform(v -> Future.failedFuture(e)))
        .compose(v -> join(created, Server::listen))
        .compose(v -> requireDescriptors())
        .onSuccess(v -> open(created));
  }

  /** Fails if descriptors are short even without clients: none would ever be served. */
  private static Future<Void> requireDescriptors() {
    return FileDescriptors.mayAccept()
        ? Future.succeededFuture()
        : Future.failedFuture("cannot accept connections: " + FileDescriptors.shortage());
  }

  /** Not all(): if one fails, the others must have started before they can be undeployed. */
  private static Future<?> join(List<Server> servers, Function<Server, Future<Void>> action) {
    return Future.join(servers.stream().map(action).toList());
  }

  private void open(List<Server> listening) {
    for (Server server : listening) {
      servers.put(server.settings().protocol(), server);
      server.open();
    }
    if (current.tls().enabled()) {
      // Its library is loaded by now.
      LOG.info("{}", TlsEngine.of(current.tls().tls().engine()).description());
    }
  }

  /** The port that the server of a protocol listens on, or 0 without one. Any thread may call. */
  int actualPort(Protocol protocol) {
    Server server = servers.get(protocol);
    return server == null ? 0 : server.actualPort();
  }

  /** The configuration in force. Any thread may call. */
  Configuration configuration() {
    return current;
  }

  /** See {@link MainVerticle#addresses}. */
  List<String> addresses() {
    return Stream.of(Protocol.values())
        .map(servers::get)
        .filter(Objects::nonNull)
        .map(server -> server.settings().address(server.actualPort()))
        .toList();
  }

  /**
   * Applies another configuration as far as a restart is not needed; see {@link
   * MainVerticle#apply}.
   */
  Future<Void> apply(Configuration next) {
    return check(next).compose(v -> change(next));
  }

  private Future<Void> check(Configuration next) {
    try {
      next.requireAServer();
    } catch (ConfigurationException e) {
      return Future.failedFuture(e);
    }
    // Files already in use may be in the middle of a renewal: the server watches them.
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
                    String failure =
                        e.getMessage() + "; " + protocol.word() + " continues unchanged";
                    LOG.warn("{}", failure);
                    report(failure);
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
    // The settings that all servers share change even so.
    failed.stream()
        .filter(servers::containsKey)
        .forEach(protocol -> servers.get(protocol).change(current.server(protocol)));
    List<Change> applied = before.changesTo(current);
    for (Change change : applied) {
      LOG.info("{}", change);
      report(change.toString());
    }
    if (applied.isEmpty()) {
      LOG.info("configuration: nothing has changed");
    }
    // Only now that the log names the new address.
    leaving.forEach(this::leave);
    leaving.clear();
  }

  private void report(String text) {
    ServerEvents events = ServerEvents.of(vertx);
    if (events != null) {
      events.configured(text);
    }
  }

  private void leave(Server server) {
    Promise<Void> done = context.promise();
    server.stop().onComplete(done);
    unbound.merge(
        server.settings().protocol(),
        done.future(),
        (earlier, last) -> Future.join(earlier, last).mapEmpty());
  }

  private Future<Void> change(Protocol protocol, ServerSettings next) {
    Server server = servers.get(protocol);
    if (server == null) {
      return next.enabled() ? start(next) : Future.succeededFuture();
    }
    if (!next.enabled()) {
      servers.remove(protocol);
      leaving.add(server);
      return Future.succeededFuture();
    }
    return server.listensOn(next)
        ? server.change(next).compose(v -> server.reloadCertificates())
        // The new address is bound before the old one is released.
        : start(next).onSuccess(v -> leaving.add(server));
  }

  private Future<Void> start(ServerSettings settings) {
    return unbound
        .getOrDefault(settings.protocol(), Future.succeededFuture())
        .compose(v -> Server.start(vertx, settings))
        .onSuccess(server -> servers.put(settings.protocol(), server))
        .mapEmpty();
  }
}
