package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code upper client}, {@code upper demo} and a client by {@code upper run}, as processes. */
@Tag("one-jdk")
@Timeout(120)
class ClientsTest {
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
  void clientPrintsAReplyPerLineAndEndsWithItsInput(Protocol protocol) throws Exception {
    try (UpperProcess client =
        upper().start("client", protocol.word(), "localhost", port(protocol), "--timeout", "60")) {
      client.write("hello\n");
      client.awaitLine("Reply is 'HELLO'"); // before the input ends
      client.write("straße 🙂\n\nŉ");
      client.endOfInput();
      UpperProcess.Ended ended = client.awaitEnd();
      assertEquals("", ended.err());
      // An empty line is a datagram, but no part of a stream.
      String empty = protocol == Protocol.UDP ? "Reply is ''\n" : "";
      assertEquals(
          "Reply is 'HELLO'\nReply is 'STRASSE 🙂'\n" + empty + "Reply is 'ʼN'\n", ended.out());
      assertEquals(0, ended.status());
    }
  }

  @Test
  void clientSpeaksUtf8WhateverTheLocale() throws Exception {
    try (UpperProcess client =
        upper()
            .environment("LC_ALL", "C")
            .jvm("-Dfile.encoding=ISO-8859-1")
            .jvm("-Duser.language=tr")
            .start("client", "tcp", "localhost", port(Protocol.TCP))) {
      client.write("title é\n");
      client.endOfInput();
      assertEquals("Reply is 'TITLE É'\n", client.awaitEnd().out());
    }
  }

  /** As a shell's {@code <(…)}: it can be read once. */
  @ParameterizedTest
  @ValueSource(strings = {"client tls localhost PORT", "stress tls localhost PORT 2 --threads 2"})
  void theCaMayBeAPipe(String command) throws Exception {
    Path pipe = directory.resolve(command.substring(0, 6) + ".pipe");
    assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo");
    UpperProcess.Ended ended =
        upper()
            .shell("cat certs/ca-cert.pem > " + pipe + " & exec < <(echo hello)")
            .run(
                (command.replace("PORT", port(Protocol.TLS)) + " --timeout 60 --ca " + pipe)
                    .split(" "));
    assertEquals(0, ended.status(), ended.err());
  }

  /** How the reply is cut: the server sends it in two parts. */
  @Test
  void clientShowsEachWriteAndReadWhenVerbose() throws Exception {
    try (ServerSocket listening = new ServerSocket(0);
        UpperProcess client =
            upper().start("client", "tcp", "localhost", "" + listening.getLocalPort(), "-v")) {
      client.write("ñu\n");
      client.endOfInput();
      try (Socket peer = listening.accept()) {
        peer.setTcpNoDelay(true);
        assertEquals("ñu", new String(peer.getInputStream().readNBytes(3), UTF_8));
        peer.getOutputStream().write(new byte[] {(byte) 0xc3});
        client.awaitError("received 1 byte: ");
        peer.getOutputStream().write(new byte[] {(byte) 0x91, 'U'});
        UpperProcess.Ended ended = client.awaitEnd();
        assertEquals(
            """
            HH:mm:ss.SSSSSS sent 3 bytes: "ñu"
              c3 b1 75
            HH:mm:ss.SSSSSS received 1 byte: "\\xc3"
              c3
            HH:mm:ss.SSSSSS received 2 bytes: "\\x91U"
              91 55
            """,
            ended.err().replaceAll("\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "HH:mm:ss.SSSSSS"));
        assertEquals("Reply is 'ÑU'\n", ended.out());
      }
    }
  }

  @Test
  void clientSaysInOneLineWhyItFails() {
    UpperProcess.Ended ended = UpperCommand.run("client", "tcp", "localhost", "1");
    assertEquals("tcp localhost:1: connection refused\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(1, ended.status());
  }

  @Test
  void runOfAClientPrintsTheRepliesAndEnds() throws Exception {
    String conf =
        "{\"port\": %s, \"messages\": [\"one\", \"ñandú\"], \"exit\": true}"
            .formatted(port(Protocol.TCP));
    UpperProcess.Ended ended = upper().run("run", "io.upper.client.ClientVerticle", "-conf", conf);
    assertEquals("", ended.err());
    assertEquals("Reply is 'ONE'\nReply is 'ÑANDÚ'\n", ended.out());
    assertEquals(0, ended.status());
  }

  @Test
  void runOfAClientWithoutServerFailsInOneLine() throws Exception {
    UpperProcess.Ended ended =
        upper()
            .run("run", "io.upper.client.ClientVerticle", "-conf", "{\"port\": 1, \"exit\": true}");
    assertEquals("tcp localhost:1: connection refused\n", ended.err());
    assertEquals(1, ended.status());
  }

  @Test
  void demoShowsEveryProtocolAndWhoServedIt() throws Exception {
    UpperProcess.Ended ended = upper().run("demo");
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
    for (Protocol protocol : Protocol.values()) {
      String line =
          "^%s  Straße +-> STRASSE +served by vert.x-eventloop-thread-\\d+$"
              .formatted(protocol.word());
      Set<String> served =
          Pattern.compile(line, Pattern.MULTILINE)
              .matcher(ended.out())
              .results()
              .map(MatchResult::group)
              .collect(Collectors.toSet());
      // Without a native transport one event loop serves all datagrams.
      boolean spread = !ended.out().contains("transport: nio");
      assertEquals(protocol == Protocol.UDP && !spread ? 1 : 2, served.size(), ended.out());
    }
    assertTrue(ended.out().endsWith("\nAll replies are right.\n"), ended.out());
  }
}
