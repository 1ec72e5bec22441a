package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.MainVerticle;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk that is full, and a reader that has seen enough. */
@Timeout(120)
@Tag("one-jdk")
class StandardOutputTest {
  @TempDir private static Path directory;

  private static Vertx vertx;
  private static int port;

  @BeforeAll
  static void serve() {
    vertx = Vertx.vertx();
    MainVerticle servers = new MainVerticle();
    JsonObject off = new JsonObject().put("enabled", false);
    JsonObject config =
        new JsonObject()
            .put("tcp", new JsonObject().put("port", 0))
            .put("udp", off)
            .put("tls", off);
    vertx.deployVerticle(servers, new DeploymentOptions().setConfig(config)).await();
    port = servers.actualPort(Protocol.TCP);
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  private static UpperProcess.Ended upper(String redirections, String command) throws Exception {
    return UpperProcess.ofClasses()
        .in(directory)
        .shell("exec " + redirections)
        .run(command.replace("PORT", "" + port).split(" "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "config", "client tcp localhost PORT"})
  void aFullDiskIsAnError(String command) throws Exception {
    assertFullDiskIsAnError(command);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "help certs",
        "--version",
        "serve --help",
        "show iterative",
        "certs full",
        "demo",
        "stress tcp localhost PORT 1 --requests 1 --quiet",
        "lab --models event-loop --clients 1 --requests 1 --job none",
      })
  void aFullDiskIsAnErrorOfEveryCommand(String command) throws Exception {
    assertFullDiskIsAnError(command);
  }

  private static void assertFullDiskIsAnError(String command) throws Exception {
    assumeTrue(Files.exists(Path.of("/dev/full")), "/dev/full is there");
    UpperProcess.Ended ended = upper("< <(echo hello) > /dev/full", command);
    assertEquals("cannot write standard output: No space left on device\n", ended.err());
    assertEquals(1, ended.status());
  }

  /** What {@code yes | upper client … | head -1} does. */
  @Test
  void aClientEndsQuietlyWhenNobodyReadsItsReplies() throws Exception {
    UpperProcess.Ended ended = upper("< <(yes) > >(head -1)", "client tcp localhost PORT");
    assertEquals("", ended.err());
    assertEquals("Reply is 'Y'\n", ended.out());
    assertEquals(141, ended.status());
  }
}
