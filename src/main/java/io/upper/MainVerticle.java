package io.upper;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.OptionalLibrary;
import io.upper.config.Protocol;
import io.upper.config.RetrievedConfiguration;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the servers that its configuration enables, and applies changes of it while they run.
 * Deploy it once. Its start completes when all servers listen, and fails if a port is in use.
 *
 * <p>{@code upper serve} passes it the configuration, and later ones by {@link #apply}; then the
 * configuration of the deployment does not count. A launcher that knows only its class name, or a
 * program that deploys {@code new MainVerticle()}, gets what vertx-config (an optional dependency)
 * retrieves; later wins, as everywhere: {@code conf/default.json}, the file of {@code -Dupper.conf}
 * or {@code UPPER_CONF}, the configuration of the deployment, the environment, system properties.
 * That file is checked every second, and its changes are applied. Settings of the whole process
 * (processes, transport, admin, accessLog), and SIGHUP, are then left to the launcher.
 */
public final class MainVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MainVerticle.class);

  private final Configuration configuration;
  private final Set<Protocol> exclusive;
  private volatile RunningServers servers;
  private Future<Void> lastChange = Future.succeededFuture();
  private final Promise<Void> lastChangeEnded = Promise.promise();
  private boolean ending;

  /** Retrieves its configuration. */
  public MainVerticle() {
    this(null);
  }

  /** Serves the given configuration. */
  public MainVerticle(Configuration configuration) {
    this(configuration, Set.of());
  }

  /**
   * Serves the given configuration.
   *
   * @param exclusive servers with {@code reusePort} that bind their port exclusively at start, and
   *     share it only once they listen
   */
  public MainVerticle(Configuration configuration, Set<Protocol> exclusive) {
    this.configuration = configuration;
    this.exclusive = exclusive;
  }

  @Override
  public Future<?> start() {
    requireOne(context.getInstanceCount());
    if (configuration != null) {
      return serve(configuration);
    }
    RetrievedConfiguration retrieved =
        OptionalLibrary.use(
            "io.vertx:vertx-config",
            "MainVerticle without a configuration",
            () -> new RetrievedConfiguration(vertx, config()));
    return retrieved
        .first()
        .compose(
            first -> {
              Future<?> started = serve(first);
              lastChange = started.mapEmpty();
              retrieved.onChange(this::applyRetrieved);
              return started;
            });
  }

  private void applyRetrieved(Configuration next) {
    apply(next).onFailure(e -> LOG.warn("{}; nothing is changed", e.getMessage()));
  }

  private Future<?> serve(Configuration first) {
    first.requireAServer();
    LOG.info("{}", transport());
    suggestNativeTransport(first.transport());
    servers = new RunningServers(context, first);
    return servers.start(exclusive);
  }

  /**
   * The port that the server of a protocol listens on, once this verticle is deployed; 0 if it does
   * not run. Any thread may call.
   */
  public int actualPort(Protocol protocol) {
    return servers == null ? 0 : servers.actualPort(protocol);
  }

  /** Where the servers listen: {@code tcp localhost:2000}. Any thread may call once deployed. */
  public List<String> addresses() {
    return servers.addresses();
  }

  /** The configuration in force; before the start, the given one, or null. Any thread may call. */
  public Configuration configuration() {
    return servers == null ? configuration : servers.configuration();
  }

  /**
   * Applies another configuration, after those given before. Any thread may call. Changes that need
   * a restart, and changes of a server that fail, are logged and leave it as it is. Certificates
   * are read again.
   *
   * @return completes when new connections get the changes; fails with a {@link
   *     ConfigurationException}, and changes nothing, if a file that it names is not valid
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
          lastChange = lastChange.transform(before -> servers.apply(next));
          lastChange.onComplete(applied);
        });
    return applied.future();
  }

  /**
   * Rejects further configurations: the server is about to stop. Any thread may call.
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

  /**
   * Rejects more than one instance, since each would listen on the ports of all servers.
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

  /** Our own launcher prefers a native transport; others need an option. */
  private void suggestNativeTransport(TransportKind configured) {
    Transport other = Transport.nativeTransport();
    if (!vertx.isNativeTransportEnabled()
        && configured != TransportKind.NIO
        && other != null
        && other.available()) {
      LOG.info(
          "the launcher has chosen nio: with preferNativeTransport in the Vert.x options it is {}",
          other.name());
    }
  }

  /** The transport in use, and why it is not a native one. */
  private String transport() {
    String name = ((VertxInternal) vertx).transport().getClass().getSimpleName();
    String transport = "transport: " + name.replace("Transport", "").toLowerCase(Locale.ROOT);
    Throwable cause = vertx.unavailableNativeTransportCause();
    return vertx.isNativeTransportEnabled() || cause == null
        ? transport
        : transport + "; a native one is not available: " + TemporaryFiles.whyNotLoaded(cause);
  }
}
