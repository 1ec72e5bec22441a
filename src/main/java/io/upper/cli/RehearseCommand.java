package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationReader;
import io.upper.config.Protocol;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code upper rehearse}: starts like a server, on free ports, sends a request over each protocol
 * and exits. Meanwhile Java records the classes that it loads, for the archive with which the
 * {@code upper} script speeds up later starts.
 */
@Command(name = "rehearse", hidden = true)
public final class RehearseCommand implements Callable<Integer> {
  // It runs at the lowest priority: on a busy machine the usual 5 s made it fail, and starts
  // slower.
  private static final int PATIENCE_SECONDS = 120;

  @Override
  public Integer call() throws Exception {
    Path certificates = TemporaryFiles.createDirectory("upper-rehearsal");
    try {
      CertificateAuthority.create(certificates);
      String ca = certificates.resolve(CertificateAuthority.CA_CERTIFICATE).toString();
      Configuration configuration = configuration(certificates);
      MainVerticle servers = new MainVerticle(configuration);
      ServingApplication.of(configuration, servers).serve();
      Vertx vertx = TemporaryFiles.vertx(1);
      for (Protocol protocol : Protocol.values()) {
        JsonObject client =
            new JsonObject()
                .put("protocol", protocol.word())
                .put("port", servers.actualPort(protocol))
                .put("ca", ca)
                .put("timeoutSeconds", PATIENCE_SECONDS)
                .put("messages", new JsonArray().add("ñandú"));
        vertx
            .deployVerticle(
                new ClientVerticle(reply -> {}), new DeploymentOptions().setConfig(client))
            .await();
      }
      vertx.close().await();
    } finally {
      TemporaryFiles.delete(certificates);
    }
    StopSignals.stop();
    return 0;
  }

  private static Configuration configuration(Path certificates) {
    JsonObject server = new JsonObject().put("port", 0);
    JsonObject tls =
        server
            .copy()
            .mergeIn(CertificateAuthority.settings(certificates))
            .put("handshakeTimeoutSeconds", PATIENCE_SECONDS);
    String json = new JsonObject().put("tcp", server).put("udp", server).put("tls", tls).encode();
    // Read as by a server, to load its classes; but ports from the environment must not apply.
    new ConfigurationReader(json).read();
    return Configuration.of(new JsonObject(json));
  }
}
