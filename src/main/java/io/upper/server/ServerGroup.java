package io.upper.server;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Models;
import io.upper.model.RequestLog;
import io.upper.model.RequestObserver;
import io.upper.model.RequestRecording;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.LocalMap;
import io.vertx.core.shareddata.Shareable;
import java.util.function.Function;

/**
 * The state shared by the instances of a server: settings, addresses, model, limits and
 * credentials. Each instance joins when it starts and leaves when it has stopped; the last one to
 * leave closes the model. Thread-safe.
 */
final class ServerGroup implements Shareable {
  private static final String GROUPS = "upper.server-groups";

  private final Vertx vertx;
  private final Runnable onEmpty;
  private final ServerMetrics metrics;
  private final ServerEvents events;
  // Of metrics and events; null without either.
  private final RequestObserver installed;
  private final SharedAddresses addresses;
  private final CurrentModel model;
  private final Admission admission;
  private final ServedCredentials credentials;
  private final Promise<Void> open = Promise.promise();
  private volatile ServerSettings settings;
  private int joined;

  private ServerGroup(
      Vertx vertx,
      SharedAddresses addresses,
      ServerSettings settings,
      Function<ServerSettings, ConcurrencyModel> models,
      Runnable onEmpty) {
    this.vertx = vertx;
    this.addresses = addresses;
    this.settings = settings;
    this.onEmpty = onEmpty;
    this.model = new CurrentModel(models, settings);
    this.metrics = ServerMetrics.of(vertx);
    this.events = ServerEvents.of(vertx);
    this.installed =
        RequestObserver.of(
            metrics == null ? null : metrics.observer(settings.protocol()),
            events == null ? null : events.requests());
    this.admission = new Admission(vertx, this::settings, metrics);
    this.credentials = new ServedCredentials(metrics);
  }

  /**
   * A group for instances that are deployed one by one. It may take over addresses from a server of
   * the same protocol that is about to leave them.
   */
  static ServerGroup of(Vertx vertx, ServerSettings settings, boolean exclusive) {
    String owner = settings.protocol().word();
    return new ServerGroup(
        vertx,
        new SharedAddresses(vertx, owner, settings.instances(), exclusive, settings),
        settings,
        Models::create,
        () -> {});
  }

  /**
   * Finds the group of a deployment whose instances Vert.x creates: the first instance creates it
   * from the configuration of the deployment.
   */
  static Function<Context, ServerGroup> ofDeployment(
      Protocol protocol, Function<ServerSettings, ConcurrencyModel> models) {
    return context -> {
      Vertx vertx = context.owner();
      LocalMap<String, ServerGroup> groups = vertx.sharedData().getLocalMap(GROUPS);
      ServerSettings settings = ServerSettings.of(protocol, context.config());
      ServerGroup group =
          groups.computeIfAbsent(
              context.deploymentID(),
              id ->
                  new ServerGroup(
                      vertx,
                      new SharedAddresses(vertx, id, context.getInstanceCount(), false, settings),
                      settings,
                      models,
                      () -> groups.remove(id)));
      group.open();
      return group;
    };
  }

  /**
   * Resolves the host, reads the certificates and loads the TLS engine before any server listens;
   * otherwise the instances do so. Called on the context of the server's owner.
   */
  Future<Void> prepare() {
    Future<?> certificates =
        settings.tls() == null
            ? Future.succeededFuture()
            : vertx.executeBlocking(
                () -> {
                  credentials.read(settings.tls());
                  return TlsEngine.of(settings.tls().engine());
                });
    return Future.join(addresses.prepare(), certificates).mapEmpty();
  }

  /** Starts accepting; connections have waited in the backlog until now. */
  void open() {
    credentials.start();
    open.tryComplete();
  }

  /** Completes when connections may be accepted. */
  Future<Void> opened() {
    return open.future();
  }

  /** Adds an instance; called on its event loop. */
  synchronized ServerGroup join() {
    joined++;
    if (metrics != null) {
      // All counters appear from the start, at 0.
      metrics.loop(settings.protocol());
      if (settings.tls() != null || settings.proxyProtocol()) {
        for (HandshakeFailure.Reason reason : HandshakeFailure.Reason.values()) {
          metrics.handshakeFailed(settings.protocol(), reason.word(), 0);
        }
      }
    }
    if (events != null) {
      events.joined(settings.protocol());
    }
    return this;
  }

  /** Removes an instance; the last one completes when the model is closed. */
  synchronized Future<Void> leave() {
    if (--joined > 0) {
      return Future.succeededFuture();
    }
    onEmpty.run();
    credentials.end();
    return addresses.release().eventually(model::close);
  }

  /** The current settings. */
  ServerSettings settings() {
    return settings;
  }

  /**
   * Changes the settings for new requests; those of the model, for new conversations. Bind-time
   * settings stay as they are.
   */
  synchronized void change(ServerSettings next) {
    ServerSettings before = settings;
    if (!next.sameModel(before)) {
      model.replace(next); // First: if the new model cannot be made, nothing is changed.
    }
    admission.change(before, next);
    settings = next;
  }

  SharedAddresses addresses() {
    return addresses;
  }

  CurrentModel model() {
    return model;
  }

  Admission admission() {
    return admission;
  }

  ServedCredentials credentials() {
    return credentials;
  }

  /** The metrics, or null. */
  ServerMetrics metrics() {
    return metrics;
  }

  /** The receiver of events, or null. */
  ServerEvents events() {
    return events;
  }

  /** Observer of a new conversation's requests, or null. */
  RequestObserver observer() {
    RequestObserver log = RequestLog.ifEnabled();
    RequestObserver recording = RequestRecording.ifEnabled();
    // Called for every datagram, and usually null: so it must be cheap.
    return log == null && recording == null
        ? installed
        : RequestObserver.of(log, recording, installed);
  }
}
