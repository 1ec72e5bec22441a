package io.upper.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.upper.MainVerticle;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientVerticle;
import io.upper.client.ClientVerticle.Exchange;
import io.upper.client.Message;
import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.config.Services;
import io.upper.jvm.TemporaryFiles;
import io.upper.service.ConfiguredService;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code upper demo}: starts all servers on free ports, sends requests with {@link ClientVerticle},
 * and prints which thread served them. The certificate is created in a temporary directory.
 */
@Command(name = "demo", description = "Show every protocol at work, on free ports.")
public final class DemoCommand implements Callable<Integer> {
  private static final int INSTANCES = 2;
  private static final int CLIENTS = 2;
  // The kernel chooses the event loop of a datagram by its source port: a client that gets the same
  // one as the first is replaced.
  private static final int MAX_TRIES = 40;
  // One for each instance, the main verticle and the current client.
  private static final int EVENT_LOOPS = 3 * INSTANCES + 2;
  private static final List<String> TEXTS =
      List.of("hello", "El ñandú comió ají", "Straße", "καλημέρα", "naïve 🙂 café");

  // The thread that served a client, by protocol and port, from the request log.
  private final Map<String, String> servedBy = new ConcurrentHashMap<>();
  private ConfiguredService expected;
  private int wrong;

  @Option(
      names = "--service",
      paramLabel = "WORD",
      defaultValue = "uppercase",
      description = "The service to show (default: ${DEFAULT-VALUE}).")
  private String service;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    // First, since it may fail.
    expected = Services.of("--service", service, "--service", Map.of());
    listenToRequests();
    Path certificates = TemporaryFiles.createDirectory("upper-demo");
    Vertx vertx = TemporaryFiles.vertx(EVENT_LOOPS);
    try {
      Path directory = certificates.resolve("certs");
      CertificateAuthority.create(directory);
      MainVerticle servers = new MainVerticle(Configuration.of(configuration(directory)));
      vertx.deployVerticle(servers).await();
      for (Protocol protocol : Protocol.values()) {
        Set<String> served = new HashSet<>();
        for (int client = 1; client <= CLIENTS; client++) {
          List<Exchange> exchanges;
          int tries = 0;
          do {
            exchanges = ask(vertx, protocol, servers.actualPort(protocol), directory).await();
          } while (!served.add(servedBy(exchanges.get(0))) && ++tries < MAX_TRIES);
          exchanges.forEach(this::print);
        }
      }
    } finally {
      vertx.close().await();
      TemporaryFiles.delete(certificates);
    }
    System.out.println(
        wrong == 0 ? "All replies are right." : wrong + " replies are wrong: see above.");
    return wrong == 0 ? 0 : 1;
  }

  private void listenToRequests() {
    AppenderBase<ILoggingEvent> listener =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            Object[] arguments = event.getArgumentArray();
            String client = arguments[0].toString();
            String port = client.substring(client.lastIndexOf(':') + 1);
            servedBy.put(client.substring(0, 3) + port, arguments[2].toString());
          }
        };
    listener.start();
    Logger requests = (Logger) LoggerFactory.getLogger("upper.requests");
    requests.setAdditive(verbosity.isVerbose());
    requests.setLevel(Level.DEBUG);
    requests.addAppender(listener);
  }

  private JsonObject configuration(Path certificates) {
    JsonObject server =
        new JsonObject().put("port", 0).put("instances", INSTANCES).put("service", service);
    return new JsonObject()
        .put("tcp", server.copy())
        .put("udp", server.copy())
        .put("tls", server.copy().mergeIn(CertificateAuthority.settings(certificates)));
  }

  /** The exchanges of a new client, which has a new port. */
  private Future<List<Exchange>> ask(Vertx vertx, Protocol protocol, int port, Path certificates) {
    List<Exchange> exchanges = new ArrayList<>();
    JsonObject config =
        new JsonObject()
            .put("protocol", protocol.word())
            .put("port", port)
            .put("service", service)
            .put("messages", new JsonArray(TEXTS))
            .put("ca", certificates.resolve(CertificateAuthority.CA_CERTIFICATE).toString());
    return vertx
        .deployVerticle(
            new ClientVerticle(exchanges::add), new DeploymentOptions().setConfig(config))
        .compose(vertx::undeploy)
        .map(exchanges);
  }

  private String servedBy(Exchange exchange) {
    return servedBy.getOrDefault(exchange.protocol().word() + exchange.client().port(), "?");
  }

  private void print(Exchange exchange) {
    Message message = Message.of(exchange.request(), exchange.protocol(), expected);
    boolean right = exchange.reply().equals(message.text(message.expected()));
    if (!right) {
      wrong++;
    }
    System.out.printf(
        Locale.ROOT,
        "%s  %-20s -> %-20s  %sserved by %s%n",
        exchange.protocol().word(),
        exchange.request(),
        exchange.reply(),
        right ? "" : "WRONG, ",
        servedBy(exchange));
  }
}
