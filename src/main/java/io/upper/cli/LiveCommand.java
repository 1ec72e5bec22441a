package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationReader;
import io.upper.config.LiveConfiguration;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code upper live}: {@code upper serve} with the live page, with demonstration clients, and with
 * defaults that show something.
 */
@Command(
    name = "live",
    description = "Serve, show it in a web page, and let you break it.",
    sortOptions = false)
public final class LiveCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(LiveCommand.class);
  private static final int CLIENTS = 6;
  private static final String SOURCE = "upper live";

  @Mixin private ServeOptions options;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    ConfigurationReader reader = reader();
    Configuration configured = reader.read();
    LiveConfiguration live = new LiveConfiguration(reader.last(SOURCE, freePorts(configured)));
    return configured.processes() > 1
        ? Supervision.run(live, verbosity.isVerbose(), CLIENTS)
        : serve(live);
  }

  private static int serve(LiveConfiguration live) throws Exception {
    MainVerticle verticle = new MainVerticle(live.current());
    ServingApplication application = ServingApplication.of(live.current(), verticle);
    int status = application.serve();
    if (status == 0) {
      application.live().startClients(CLIENTS);
    }
    ConfigurationWatch.start(
        live,
        next -> SystemdNotifier.reload(() -> verticle.apply(next).await(), verticle::addresses));
    return status;
  }

  private ConfigurationReader reader() {
    return options
        .reader()
        .first(SOURCE, defaults())
        .last(SOURCE, new JsonObject().put("admin", new JsonObject().put("live", true)));
  }

  /** What the user may set otherwise. */
  private static JsonObject defaults() {
    JsonObject document =
        new JsonObject()
            .put("job", new JsonObject().put("kind", "sleep").put("millis", 500))
            .put("admin", new JsonObject().put("host", "127.0.0.1").put("port", 0));
    for (Protocol protocol : Protocol.values()) {
      document.put(protocol.word(), new JsonObject().put("model", "iterative"));
    }
    return document;
  }

  /** Port 0 for each server whose port is in use. */
  private static JsonObject freePorts(Configuration configured) {
    JsonObject document = new JsonObject();
    for (ServerSettings server : configured.servers()) {
      if (server.unix() == null && server.port() > 0 && !isFree(server)) {
        LOG.info(
            "{} is in use: {} takes a free port",
            server.address(server.port()),
            server.protocol().word());
        document.put(server.protocol().word(), new JsonObject().put("port", 0));
      }
    }
    return document;
  }

  private static boolean isFree(ServerSettings server) {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    try {
      if (server.protocol() == Protocol.UDP) {
        new DatagramSocket(address).close();
      } else {
        new ServerSocket(server.port(), 1, address.getAddress()).close();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
