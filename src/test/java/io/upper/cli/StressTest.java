package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code upper stress}: what it prints, writes and exits with. */
@Tag("one-jdk")
@Timeout(120)
class StressTest {
  @TempDir private static Path directory;

  private static UpperProcess server;

  @BeforeAll
  static void serve() throws Exception {
    server =
        upper()
            .start(
                "-conf",
                "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": 0}}");
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory).withCertificate();
  }

  private static String port(Protocol protocol) throws InterruptedException {
    return "" + server.awaitPort(protocol);
  }

  @ParameterizedTest
  @EnumSource
  void reportsEveryReplyOverEveryProtocol(Protocol protocol) throws Exception {
    String[] args = {"stress", protocol.word(), "localhost", port(protocol), "10", "--quiet"};
    // The default CA is in the working directory.
    UpperProcess.Ended ended =
        protocol == Protocol.TLS ? upper().run(args) : UpperCommand.run(args);
    assertEquals(0, ended.status(), ended.err());
    assertTrue(ended.out().contains("80 sent, 80 answered correctly"), ended.out());
    assertTrue(ended.out().endsWith("Clients never served: 0\n"), ended.out());
    assertEquals("", ended.err());
  }

  @Test
  void writesFilesAndFailsByACondition() throws Exception {
    UpperProcess.Ended ended =
        upper()
            .run(
                "stress",
                "tcp",
                "localhost",
                port(Protocol.TCP),
                "4",
                "--requests",
                "50",
                "--json",
                "r.json",
                "--hgrm",
                "r.hgrm",
                "--html",
                "r.html",
                "--fail-if",
                "rate<0.001",
                "--fail-if",
                "p50>=0ns",
                "--max-gap",
                "1ns");
    assertEquals(99, ended.status(), ended.err());
    assertTrue(ended.err().contains("broken: p50>=0ns, it was "), ended.err());
    assertTrue(ended.err().contains("broken: gap>1ns, it was "), ended.err());
    JsonObject json = new JsonObject(Files.readString(directory.resolve("r.json")));
    assertEquals(200, json.getJsonObject("requests").getLong("answered"));
    // Of each client.
    JsonObject gaps = json.getJsonObject("phases").getJsonObject("longest-gap");
    assertEquals(4, gaps.getLong("count"));
    assertTrue(json.encode().contains("stress tcp localhost"));
    assertTrue(Files.readString(directory.resolve("r.hgrm")).contains("#[Mean"));
    assertTrue(Files.readString(directory.resolve("r.html")).contains("</html>"));
  }

  @Test
  void exitsWithOneWhenNothingConnects() throws Exception {
    int free;
    try (ServerSocket closed = new ServerSocket(0)) {
      free = closed.getLocalPort();
    }
    UpperProcess.Ended ended =
        UpperCommand.run("stress", "tcp", "localhost", "" + free, "3", "--quiet");
    assertEquals(1, ended.status());
    assertEquals("nothing could connect: connection refused\n", ended.err());
    assertTrue(ended.out().endsWith("Clients never served: 3\n"), ended.out());
  }

  @Test
  void printsEachReplyAsThePythonClient() throws Exception {
    UpperProcess.Ended ended =
        upper().run("stress", "tcp", "localhost", port(Protocol.TCP), "1", "-v");
    assertTrue(ended.out().startsWith("- [  0] Reply: TWENTY\n- [  0] Reply: TINY\n"), ended.out());
  }

  @Test
  void helpBeginsWithThreeExamples() {
    UpperProcess.Ended ended = UpperCommand.run("stress", "--help");
    assertEquals(0, ended.status());
    assertTrue(ended.out().startsWith("Examples:\n  upper stress tcp "), ended.out());
    assertEquals(3, ended.out().split("\n  upper stress ", -1).length - 1, ended.out());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 | | CLIENTS: 0 is not in 1..100000
          1 | --fail-if=p99?1 | --fail-if: 'p99?1' is no condition
          1 | --max-gap=2 | --max-gap: 'gap>2': gap is a time
          1 | --shape=round | round is not one of normal, slow-reader
          1 | --duration=soon | soon is not a time such as 500ms, 30s or 2m
          1 | --poisson | --poisson: needs --rate
          """)
  void refuses(String clients, String option, String message) {
    String[] args = {"stress", "tcp", "localhost", "2000", clients, option};
    UpperProcess.Ended ended = UpperCommand.run(option == null ? Arrays.copyOf(args, 5) : args);
    assertEquals(2, ended.status());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertTrue(ended.err().contains(message), ended.err());
  }
}
