package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.upper.UpperProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code upper serve} on a Unix domain socket, as processes. */
@Tag("one-jdk")
@Timeout(120)
class ServeUnixTest {
  @TempDir private Path directory;

  @BeforeEach
  void needsEpoll() {
    assumeTrue(Epoll.isAvailable());
  }

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory);
  }

  private static JsonObject conf(JsonObject tcp) {
    JsonObject off = new JsonObject().put("enabled", false);
    return new JsonObject().put("tcp", tcp).put("udp", off).put("tls", off);
  }

  /** Relative to the working directory, as certificates are. */
  private static JsonObject at(String path) {
    return conf(new JsonObject().put("path", path));
  }

  private UpperProcess serve(String path) throws Exception {
    UpperProcess server = upper().start("serve", "-conf", at(path).encode());
    server.awaitLine("tcp listening on unix:" + path + " .*");
    return server;
  }

  private SocketChannel connect(String path) throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve(path)));
  }

  private static void ask(SocketChannel client) throws IOException {
    client.write(ByteBuffer.wrap("hello".getBytes(UTF_8)));
    ByteBuffer reply = ByteBuffer.allocate(5);
    while (reply.hasRemaining() && client.read(reply) >= 0) {
      // The rest.
    }
    assertEquals("HELLO", new String(reply.array(), UTF_8));
  }

  private void assertServed(String path) throws IOException {
    try (SocketChannel client = connect(path)) {
      ask(client);
    }
  }

  private static void stop(UpperProcess server) throws Exception {
    server.signal("TERM");
    assertEquals(0, server.awaitEnd().status());
  }

  @Test
  void afterAKillTheNextServerHasThePathAtOnceAndAStopRemovesIt() throws Exception {
    try (UpperProcess server = serve("u.sock")) {
      assertServed("u.sock");
      server.signal("KILL");
      server.awaitEnd();
    }
    assertTrue(Files.exists(directory.resolve("u.sock")));
    try (UpperProcess server = serve("u.sock")) {
      assertServed("u.sock");
      stop(server);
    }
    assertTrue(Files.notExists(directory.resolve("u.sock")));
  }

  @Test
  void theSecondServerOnAPathFailsWithALine() throws Exception {
    try (UpperProcess first = serve("u.sock")) {
      UpperProcess.Ended second = upper().run("serve", "-conf", at("u.sock").encode());
      assertEquals(1, second.status());
      assertEquals(
          "tcp cannot listen on unix:u.sock: Address already in use\n",
          second.err().replaceFirst("^upper: ", ""));
      assertServed("u.sock");
      stop(first);
    }
  }

  @Test
  void thePathChangesWhileTheServerRuns() throws Exception {
    write(at("a.sock"));
    try (UpperProcess server = upper().start("-conf", "upper.json")) {
      server.awaitLine("tcp listening on unix:a.sock .*");
      List<SocketChannel> clients = new ArrayList<>();
      clients.add(connect("a.sock"));
      ask(clients.get(0));
      write(at("b.sock"));
      server.awaitLine("tcp listening on unix:b.sock .*");
      server.awaitLine("tcp/path: a.sock -> b.sock");
      assertServed("b.sock");
      // The old connection is drained, the old file removed.
      assertEquals(-1, clients.get(0).read(ByteBuffer.allocate(1)));
      write(conf(new JsonObject().put("port", 0)));
      server.awaitLine("tcp/path: b.sock -> null");
      write(at("a.sock"));
      server.awaitLine("tcp/path: null -> a.sock");
      assertServed("a.sock");
      assertTrue(Files.notExists(directory.resolve("b.sock")));
      clients.get(0).close();
      stop(server);
    }
  }

  private void write(JsonObject conf) throws IOException {
    Path aside = Files.writeString(directory.resolve("upper.json.new"), conf.encode());
    Files.move(aside, directory.resolve("upper.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  @Tag("slow")
  void ourClientsAreServedOverTcpAndTls() throws Exception {
    JsonObject conf = at("u.sock").put("tls", new JsonObject().put("path", "tls.sock"));
    try (UpperProcess server = upper().withCertificate().start("serve", "-conf", conf.encode())) {
      server.awaitLine("tls listening on unix:tls.sock .*");
      for (List<String> target :
          List.of(List.of("unix", "u.sock"), List.of("tls", "unix:tls.sock"))) {
        try (UpperProcess client =
            upper().start("client", "-v", target.get(0), target.get(1), "--timeout", "60")) {
          client.write("straße\n");
          client.endOfInput();
          UpperProcess.Ended ended = client.awaitEnd();
          assertEquals("Reply is 'STRASSE'\n", ended.out(), ended.err());
        }
        UpperProcess.Ended stress =
            upper()
                .run("stress", "--requests", "20", target.get(0), target.get(1), "10", "--quiet");
        assertTrue(stress.out().contains("200 answered correctly"), stress.out() + stress.err());
        assertTrue(stress.out().contains(" unix:" + target.get(1).replace("unix:", "")));
      }
      stop(server);
    }
  }

  @Test
  @Tag("slow")
  void checkGradesItAndSkipsTheResets() throws Exception {
    JsonObject conf = at("u.sock").put("tls", new JsonObject().put("path", "tls.sock"));
    try (UpperProcess server = upper().withCertificate().start("serve", "-conf", conf.encode())) {
      server.awaitLine("tls listening on unix:tls.sock .*");
      UpperProcess.Ended tcp =
          upper().run("check", "unix:u.sock", "--only", "tcp/basic,tcp/end/reset-at-once");
      assertTrue(tcp.out().contains("\ntcp unix:u.sock\n"), tcp.out() + tcp.err());
      assertTrue(
          tcp.out()
              .contains(
                  "skipped  tcp/end/reset-at-once"
                      + "            it listens on a Unix domain socket, which has no reset"),
          tcp.out());
      assertEquals(0, tcp.status());
      UpperProcess.Ended tls =
          upper()
              .run(
                  "check",
                  "--tls",
                  "unix:tls.sock",
                  "--ca",
                  "certs/ca-cert.pem",
                  "--only",
                  "tls/basic,tls/identity");
      assertTrue(tls.out().contains("pass     tls/identity/name"), tls.out() + tls.err());
      assertEquals(0, tls.status(), tls.out());
      stop(server);
    }
    UpperProcess.Ended none = upper().run("check", "unix:u.sock");
    assertEquals(
        "unix:u.sock cannot be reached; does the server run?"
            + " No connection: No such file or directory.\n",
        none.err());
    assertEquals(3, none.status());
  }

  @Test
  @Tag("slow")
  void ourClientsSayThatThereIsNoFile() throws Exception {
    UpperProcess.Ended client = upper().run("client", "unix", "none.sock");
    assertEquals("tcp unix:none.sock: No such file or directory\n", client.err());
    assertEquals(1, client.status());
    UpperProcess.Ended stress = upper().run("stress", "unix", "none.sock", "1", "--quiet");
    assertTrue(stress.out().contains("nothing listens on tcp unix:none.sock;"), stress.out());
    assertEquals("nothing could connect: No such file or directory\n", stress.err());
    assertEquals(1, stress.status());
  }

  /** Clients of others; .ci/run installs them. */
  @Test
  @Tag("slow")
  void ncAndSocatAreServed() throws Exception {
    try (UpperProcess server = serve("u.sock")) {
      for (String client : List.of("nc -N -U u.sock", "socat - UNIX-CONNECT:u.sock")) {
        Process process =
            new ProcessBuilder("sh", "-c", "printf hello | " + client)
                .directory(directory.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertEquals("HELLO", new String(process.getInputStream().readAllBytes(), UTF_8), client);
        assertEquals(0, process.waitFor(), client);
      }
      stop(server);
    }
  }
}
