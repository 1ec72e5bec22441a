package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.check.cases.Cases;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code upper check}: what it prints, and its exit status. */
@Tag("one-jdk")
class CheckTest {
  /** Serves ASCII text; null replies nothing. */
  private static final class Server implements AutoCloseable {
    private final ServerSocket socket;
    private final UnaryOperator<String> service;

    Server(UnaryOperator<String> service) throws IOException {
      this.service = service;
      socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
      start(this::accept);
    }

    private static void start(Runnable work) {
      Thread thread = new Thread(work, "checked server");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = socket.accept();
          start(() -> serve(client));
        }
      } catch (IOException e) {
        // It is closed.
      }
    }

    private void serve(Socket client) {
      byte[] bytes = new byte[4096];
      try (client) {
        for (int count = 0; count >= 0; count = client.getInputStream().read(bytes)) {
          String reply = service.apply(new String(bytes, 0, count, StandardCharsets.UTF_8));
          if (count > 0 && reply != null) {
            client.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
          }
        }
      } catch (IOException e) {
        // The client has gone.
      }
    }

    String address() {
      return "127.0.0.1:" + socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static String upper(String text) {
    return text.toUpperCase(Locale.ROOT);
  }

  private static UpperProcess.Ended check(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(arguments));
    return UpperCommand.run(all.toArray(new String[0]));
  }

  @Test
  void aRightServerPasses(@TempDir Path directory) throws Exception {
    Path json = directory.resolve("check.json");
    try (Server server = new Server(CheckTest::upper)) {
      UpperProcess.Ended ended =
          check(
              server.address(),
              "--seed",
              "7",
              "--only",
              "tcp/basic/order,tcp/basic/empty",
              "--skip",
              "tcp/basic/empty",
              "--json",
              json.toString());
      assertEquals("", ended.err());
      assertTrue(ended.out().startsWith("seed 7\n"), ended.out());
      assertTrue(ended.out().contains("\n  clients           each at once\n"), ended.out());
      assertTrue(ended.out().contains("\npass     tcp/basic/order "), ended.out());
      assertFalse(ended.out().contains("tcp/basic/empty"), ended.out());
      assertTrue(ended.out().contains("\n2 of 2 passed in "), ended.out());
      assertEquals(0, ended.status());
    }
    JsonObject written = new JsonObject(Files.readString(json));
    assertEquals("upper-check/1", written.getString("schema"));
    assertTrue(written.getBoolean("passed"));
  }

  @Test
  void aWrongServerFailsWithItsEvidence() throws Exception {
    try (Server server = new Server(text -> upper(text) + "!")) {
      UpperProcess.Ended ended = check(server.address(), "--only", "tcp/basic/nothing-unasked");
      assertTrue(ended.out().contains("\nfail     tcp/basic/nothing-unasked "), ended.out());
      assertTrue(ended.out().contains("1 byte came that nobody asked for."), ended.out());
      assertTrue(ended.out().contains(" | nc "), ended.out());
      assertEquals("", ended.err());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void aSilentServerFails() throws Exception {
    try (Server server = new Server(text -> null)) {
      UpperProcess.Ended ended = check(server.address());
      assertTrue(ended.out().contains("\nfail     tcp/serves/at-start "), ended.out());
      assertFalse(ended.out().contains("tcp/basic/"), ended.out());
      assertTrue(ended.out().contains("\n0 of 1 passed, 1 failed, "), ended.out());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void nobodyThereIsAStatusOfItsOwn() throws Exception {
    int free = freePort();
    UpperProcess.Ended ended = check("127.0.0.1:" + free);
    String line = "127.0.0.1:" + free + " cannot be reached; does the server run?";
    assertTrue(ended.err().startsWith(line), ended.err());
    assertEquals(1, ended.err().lines().count());
    assertEquals(3, ended.status());
    UpperProcess.Ended unknown = check("no-such-host.invalid:7");
    assertEquals("no-such-host.invalid: the name is unknown\n", unknown.err());
    assertEquals(3, unknown.status());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Test
  void listsTheCasesOfAllProtocols() throws Exception {
    UpperProcess.Ended ended = check("--list");
    int all = Cases.TCP.size() + Cases.UDP.size() + Cases.TLS.size();
    assertEquals(all, ended.out().lines().count());
    assertTrue(ended.out().startsWith("tcp/serves/at-start "), ended.out());
    assertEquals(0, ended.status());
  }

  @Test
  void explainsACase() throws Exception {
    UpperProcess.Ended ended = check("--explain", "tcp/end/reply-after-fin");
    assertTrue(ended.out().startsWith("tcp/end/reply-after-fin (must, basic)\n"), ended.out());
    assertTrue(ended.out().contains("upper show tcp-server\n"), ended.out());
    assertEquals(0, ended.status());
  }

  private static final String PYTHON =
      """
      import os, socket, sys, threading, time
      print('pid', os.getpid(), file=sys.stderr, flush=True)
      s = socket.socket()
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(('127.0.0.1', int(sys.argv[1])))
      s.listen()
      def serve(c):
          while True:
              d = c.recv(1000)
              if not d: break
              time.sleep(JOB)
              if b'0' in d and CRASH: os._exit(9)
              c.sendall(d.upper())
          c.close()
      while True:
          threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
      """;

  private static String[] started(Path directory, String job, String crash, String... options)
      throws IOException {
    assumeTrue(runs("python3", "-c", ""), "needs python3");
    Path program = directory.resolve("server.py");
    Files.writeString(program, PYTHON.replace("JOB", job).replace("CRASH", crash));
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--", "python3", program.toString(), "{port}"));
    return all.toArray(new String[0]);
  }

  private static boolean runs(String... command) {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException | InterruptedException e) {
      return false;
    }
  }

  /** Whether a process with this file as an argument runs. */
  private static boolean serves(Path directory) {
    String program = directory.resolve("server.py").toString();
    return ProcessHandle.allProcesses()
        .filter(process -> process.info().command().orElse("").contains("python"))
        .flatMap(process -> Stream.of(process.info().arguments().orElse(new String[0])))
        .anyMatch(program::equals);
  }

  @Test
  void startsAServerAndEndsIt(@TempDir Path directory) throws Exception {
    UpperProcess.Ended ended =
        check(started(directory, "0", "False", "--only", "tcp/basic/one-letter"));
    assertEquals("", ended.err());
    assertTrue(ended.out().contains("\n2 of 2 passed in "), ended.out());
    assertTrue(ended.out().contains(" of processor time and at most "), ended.out());
    assertTrue(ended.out().contains("; SIGTERM ended it\n"), ended.out());
    assertEquals(0, ended.status());
    assertFalse(serves(directory));
  }

  /** A crash: the case that caused it fails, and the others run against a new process. */
  @Test
  void aServerThatEndsInTheMiddleIsStartedAgain(@TempDir Path directory) throws Exception {
    String cases = "tcp/basic/order,tcp/end/reply-after-fin";
    UpperProcess.Ended ended = check(started(directory, "0", "True", "--only", cases));
    assertTrue(ended.out().contains("\nfail     tcp/basic/order "), ended.out());
    assertTrue(ended.out().contains("started the server again: "), ended.out());
    assertTrue(ended.out().contains("ended with status 9"), ended.out());
    assertTrue(ended.out().contains("\npass     tcp/end/reply-after-fin "), ended.out());
    assertEquals(1, ended.status());
    assertFalse(serves(directory));
  }

  /** Over UDP, although something else listens at the same port of TCP; and one that runs. */
  @Test
  void aStartedServerIsGradedOverUdp(@TempDir Path directory) throws Exception {
    assumeTrue(runs("python3", "-c", ""), "needs python3");
    String program =
        """
        import socket, sys
        tcp = socket.create_server(('127.0.0.1', int(sys.argv[1])))
        udp = socket.socket(type=socket.SOCK_DGRAM)
        udp.bind(('127.0.0.1', int(sys.argv[1])))
        while True:
            data, client = udp.recvfrom(65535)
            udp.sendto(data.upper(), client)
        """;
    String[] command = {"--", "python3", "-c", program, "{port}"};
    String only = "udp/basic/one-reply,tls/basic/empty";
    UpperProcess.Ended ended = check(joined(command, "--only", only, "--udp"));
    assertTrue(ended.out().contains("\npass     udp/basic/one-reply "), ended.out());
    assertTrue(ended.out().contains("\n2 of 2 passed in "), ended.out());
    assertTrue(ended.out().contains("; SIGTERM ended it\n"), ended.out());
    assertEquals(0, ended.status());
    String nobody = "127.0.0.1:" + freePort();
    UpperProcess.Ended both = check(joined(command, "--only", only, "--udp", "--tls", nobody));
    assertTrue(both.out().contains("\npass     udp/basic/one-reply "), both.out());
    assertTrue(both.err().startsWith(nobody + " cannot be reached"), both.err());
    assertEquals(3, both.status());
  }

  private static String[] joined(String[] command, String... options) {
    return Stream.of(options, command).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void aServerThatEndsAtOnceIsAStatusOfItsOwn(@TempDir Path directory) throws Exception {
    assumeTrue(runs("sh", "-c", ":"), "needs sh");
    UpperProcess.Ended ended = check("--", "sh", "-c", "echo no luck; exit 4", "sh", "{port}");
    assertEquals("the server ended with status 4: no luck\n", ended.err());
    assertEquals(3, ended.status());
  }

  @Test
  void anInterruptEndsTheServerToo(@TempDir Path directory) throws Exception {
    List<String> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(started(directory, "0.5", "False", "--only", "tcp/basic,tcp/stream")));
    try (UpperProcess process = UpperProcess.ofClasses().start(all.toArray(new String[0]))) {
      process.awaitLine("pass +tcp/basic/one-message .*");
      assertTrue(serves(directory));
      assumeTrue(!process.ignores("INT"), "started with SIGINT ignored");
      process.signal("INT");
      UpperProcess.Ended ended = process.awaitEnd();
      assertTrue(ended.out().contains("skipped"), ended.out());
      assertTrue(ended.out().contains(" of processor time and at most "), ended.out());
      assertEquals(130, ended.status());
      assertFalse(serves(directory));
    }
  }

  @Test
  void aSecondInterruptEndsAtOnceAndTheServerToo(@TempDir Path directory) throws Exception {
    List<String> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(started(directory, "3", "False")));
    try (UpperProcess process = UpperProcess.ofClasses().start(all.toArray(new String[0]))) {
      process.awaitLine("tcp .* at 127.0.0.1:.*");
      assumeTrue(!process.ignores("INT"), "started with SIGINT ignored");
      process.signal("INT");
      process.signal("TERM");
      assertEquals(130, process.awaitEnd().status());
      assertFalse(serves(directory));
    }
  }
}
