package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.cert.CertificateAuthority;
import io.upper.config.ConfigurationReader;
import io.upper.config.LiveConfiguration;
import io.upper.config.Protocol;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code upper rehearse}: starts like {@code upper serve}, on free ports, sends a request over each
 * protocol like {@code upper client}, does so with a job node, and stops. Meanwhile Java records
 * the classes that it loads, for the archive with which the {@code upper} script speeds up later
 * starts.
 */
@Command(name = "rehearse", hidden = true)
public final class RehearseCommand implements Callable<Integer> {
  // It runs at the lowest priority: on a busy machine the usual 5 s made it fail, and starts
  // slower.
  private static final int PATIENCE_SECONDS = 120;

  @Override
  public Integer call() throws Exception {
    Hangups.hold();
    StopSignals.handle();
    ConsoleOutput.install();
    System.out.println(ProgramVersion.line());
    ServeCommand.plain("serve");
    Path certificates = TemporaryFiles.createDirectory("upper-rehearsal");
    try {
      CertificateAuthority.create(certificates);
      MainVerticle servers = ServeCommand.serve(configuration(certificates));
      for (Protocol protocol : Protocol.values()) {
        ask(protocol, servers.actualPort(protocol), certificates);
      }
      cluster(certificates);
    } finally {
      TemporaryFiles.delete(certificates);
    }
    StopSignals.stop();
    return 0;
  }

  /** Where no cluster can be joined, its classes are not in the archive. */
  private static void cluster(Path certificates) {
    try {
      ClusterRehearsal.run(port -> ask(Protocol.TCP, port, certificates), PATIENCE_SECONDS);
    } catch (Exception e) {
      System.err.println("rehearsal without a cluster: " + e);
    }
  }

  private static void ask(Protocol protocol, int port, Path certificates) {
    System.setIn(new ByteArrayInputStream("ñandú\n".getBytes(StandardCharsets.UTF_8)));
    int status =
        RootCommand.execute(
            "client",
            protocol.word(),
            "localhost",
            "" + port,
            "--ca",
            certificates.resolve(CertificateAuthority.CA_CERTIFICATE).toString(),
            "--timeout",
            "" + PATIENCE_SECONDS);
    if (status != 0) {
      throw new IllegalStateException("no reply over " + protocol.word());
    }
  }

  private static LiveConfiguration configuration(Path certificates) {
    JsonObject server = new JsonObject().put("enabled", true).put("port", 0);
    JsonObject tls =
        server
            .copy()
            .mergeIn(CertificateAuthority.settings(certificates))
            .put("handshakeTimeoutSeconds", PATIENCE_SECONDS);
    // Last: ports from the environment must not apply.
    return new LiveConfiguration(
        new ConfigurationReader(null)
            .last(
                "rehearsal",
                new JsonObject().put("tcp", server).put("udp", server).put("tls", tls)));
  }
}
