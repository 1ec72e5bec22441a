package io.upper;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.server.ServerVerticle;
import io.upper.server.TcpServerVerticle;
import io.upper.server.TlsEngine;
import io.upper.server.TlsServerVerticle;
import io.upper.server.UdpServerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.internal.VertxInternal;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deploys the servers that its configuration enables, each with its own number of instances. It is
 * deployed once; that all servers listen completes its start, and a port that is taken fails it.
 */
public final class MainVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MainVerticle.class);

  // An instance of each server; they all know its port.
  private final Map<Protocol, ServerVerticle> servers = new ConcurrentHashMap<>();

  @Override
  public Future<?> start() {
    Configuration configuration = Configuration.of(config());
    if (configuration.servers().isEmpty()) {
      throw new ConfigurationException("/tcp/enabled, /udp/enabled, /tls/enabled: none is true");
    }
    LOG.info("{}", transport());
    // Not all(): when one fails, the others must have started before they can be undeployed.
    return Future.join(
            configuration.servers().stream().map(server -> deploy(configuration, server)).toList())
        .onSuccess(v -> tellTlsEngine(configuration.tls()));
  }

  private static void tellTlsEngine(ServerSettings tls) {
    if (tls.enabled()) {
      // Its library is loaded by now.
      LOG.info("{}", TlsEngine.of(tls.tls().engine()).told());
    }
  }

  private Future<String> deploy(Configuration configuration, ServerSettings server) {
    DeploymentOptions options =
        new DeploymentOptions()
            .setInstances(server.instances())
            .setConfig(configuration.verticleConfig(server.protocol()));
    return vertx.deployVerticle(() -> instance(server.protocol()), options);
  }

  private ServerVerticle instance(Protocol protocol) {
    ServerVerticle instance =
        switch (protocol) {
          case TCP -> new TcpServerVerticle();
          case UDP -> new UdpServerVerticle();
          case TLS -> new TlsServerVerticle();
        };
    servers.putIfAbsent(protocol, instance);
    return instance;
  }

  /** The port that the server of a protocol listens on, once this verticle is deployed. */
  public int actualPort(Protocol protocol) {
    return servers.get(protocol).actualPort();
  }

  /** Which transport serves; and if it is not a native one, why. */
  private String transport() {
    String name = ((VertxInternal) vertx).transport().getClass().getSimpleName();
    String transport = "transport: " + name.replace("Transport", "").toLowerCase(Locale.ROOT);
    Throwable cause = vertx.unavailableNativeTransportCause();
    return vertx.isNativeTransportEnabled() || cause == null
        ? transport
        : transport + "; a native one is not available: " + cause.getMessage();
  }
}
