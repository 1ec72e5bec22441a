package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.MainVerticle;
import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that only the system's resolver knows: here a file that Java reads instead of it. */
@Tag("one-jdk")
@Timeout(120)
class NamesTest {
  @TempDir private static Path directory;

  private static Vertx vertx;
  private static MainVerticle servers;

  @BeforeAll
  static void serve() throws Exception {
    Files.writeString(
        directory.resolve("hosts"),
        """
        127.0.0.1 my_host
        127.0.0.1 shop.example.
        127.0.0.2 two.example
        127.0.0.1 two.example
        """);
    TestCertificates.copyTo(directory);
    vertx = Vertx.vertx();
    servers = new MainVerticle();
    JsonObject free = new JsonObject().put("port", 0).put("host", "127.0.0.1");
    JsonObject tls =
        free.copy()
            .put("certificate", file(CertificateAuthority.SERVER_CERTIFICATE))
            .put("key", file(CertificateAuthority.SERVER_KEY));
    JsonObject config = new JsonObject().put("tcp", free).put("udp", free).put("tls", tls);
    vertx.deployVerticle(servers, new DeploymentOptions().setConfig(config)).await();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  private static UpperProcess.Ended upper(String... args) throws Exception {
    try (UpperProcess process =
        UpperProcess.ofClasses().jvm("-Djdk.net.hosts.file=" + file("hosts")).start(args)) {
      process.write("hello\n");
      process.endOfInput();
      return process.awaitEnd();
    }
  }

  private static String port(Protocol protocol) {
    return "" + servers.actualPort(protocol);
  }

  @ParameterizedTest
  @EnumSource
  void whenAnAddressRefusesTheNextIsTried(Protocol protocol) throws Exception {
    UpperProcess.Ended ended =
        upper(
            "client",
            protocol.word(),
            "two.example",
            port(protocol),
            "--insecure",
            "--timeout",
            "60");
    assertEquals("", ended.err());
    assertEquals("Reply is 'HELLO'\n", ended.out());
    assertEquals(0, ended.status());
  }

  /** By RFC 6066, section 3, neither is a host name as TLS has it. */
  @ParameterizedTest
  @ValueSource(strings = {"my_host", "shop.example."})
  @Tag("slow")
  void aNameThatIsNoneInTlsIsConnectedTo(String host) throws Exception {
    String port = port(Protocol.TLS);
    UpperProcess.Ended client = upper("client", "tls", host, port, "--insecure", "--timeout", "60");
    assertEquals("", client.err());
    assertEquals("Reply is 'HELLO'\n", client.out());
    UpperProcess.Ended stress =
        upper(
            "stress",
            "tls",
            host,
            port,
            "1",
            "--requests",
            "1",
            "--insecure",
            "--quiet",
            "--timeout",
            "60s");
    assertEquals(0, stress.status(), stress.err());
    assertTrue(stress.out().contains("100 %"), stress.out());
  }
}
