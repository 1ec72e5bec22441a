package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may happen to the file of {@code -conf}, and when SIGHUP may come. */
@Tag("one-jdk")
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class ConfigurationWatchTest {
  private static final String TCP =
      "{\"tcp\": {\"port\": 0, \"instances\": %d}, \"udp\": {\"enabled\": false},"
          + " \"tls\": {\"enabled\": false}}";

  @TempDir private Path directory;

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory);
  }

  private void write(int instances) throws IOException {
    write(TCP.formatted(instances));
  }

  private void write(String text) throws IOException {
    Path aside = Files.writeString(directory.resolve("upper.json.new"), text);
    Files.move(aside, directory.resolve("upper.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void replaceByPipe(String name) throws Exception {
    Process made =
        new ProcessBuilder("sh", "-c", "mkfifo p && mv -f p " + name)
            .directory(directory.toFile())
            .start();
    assumeTrue(made.waitFor() == 0, "no mkfifo");
  }

  private static UpperProcess.Ended stop(UpperProcess server) throws Exception {
    server.signal("TERM");
    UpperProcess.Ended ended = server.awaitEnd();
    assertEquals(0, ended.status(), ended::err);
    return ended;
  }

  private static void assertServed(int port) throws IOException {
    try (Socket socket = connect(port)) {
      socket.getOutputStream().write('a');
      assertEquals('A', socket.getInputStream().read());
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  // What is read once.

  @Test
  void aPipeOfTheShellConfigures() throws Exception {
    try (UpperProcess server =
        upper().shell("exec \"$@\" -conf <(echo '" + TCP.formatted(3) + "')").start("serve")) {
      assertServed(server.awaitPort(Protocol.TCP));
      server.signal("HUP");
      server.awaitLine("configuration: nothing has changed");
      UpperProcess.Ended ended = stop(server);
      assertEquals("", ended.err());
      assertTrue(ended.out().contains("(3 instances"), ended::out);
    }
  }

  @Test
  void standardInputConfigures() throws Exception {
    try (UpperProcess server = upper().start("-conf", "/dev/stdin")) {
      server.write(TCP.formatted(3));
      server.endOfInput();
      assertServed(server.awaitPort(Protocol.TCP));
      stop(server);
    }
  }

  // SIGHUP that comes early.

  @Test
  void anEarlyHangupIsServedWhenTheServerListens() throws Exception {
    // The certificates are made meanwhile.
    String conf = TCP.replace("\"tls\": {\"enabled\": false}", "\"tls\": {\"port\": 0}");
    write(conf.formatted(1));
    try (UpperProcess server = upper().start("-conf", "upper.json")) {
      server.awaitLine("transport: .*");
      write(conf.formatted(2));
      server.signal("HUP");
      server.awaitLine("tcp/instances: 1 -> 2");
      assertFalse(Files.notExists(directory.resolve("certs/server-cert.pem")));
      stop(server);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  @Tag("slow")
  void aHangupWhileTheConfigurationIsReadEndsNothing(int processes) throws Exception {
    assumeTrue(processes == 1 || Epoll.isAvailable(), "needs a native transport");
    replaceByPipe("upper.json");
    try (UpperProcess server = upper().start("-conf", "upper.json")) {
      try (var pipe = Files.newOutputStream(directory.resolve("upper.json"))) {
        server.signal("HUP"); // It is about to read.
        String conf = TCP.replaceFirst("\\{", "{\"processes\": " + processes + ", ");
        pipe.write(conf.formatted(1).getBytes(StandardCharsets.UTF_8));
      }
      server.awaitLine(".*tcp listening on .*");
      // Processes are told the port that the first one has taken.
      server.awaitLine(".*(configuration: nothing has changed|tcp/port: 0 -> \\d+)");
      assertEquals("", stop(server).err());
    }
  }

  @Test
  void aHangupDoesNotEndAVerticleAlone() throws Exception {
    try (UpperProcess server =
        upper().start("run", "io.upper.server.TlsServerVerticle", "-conf", "{\"port\": 0}")) {
      // Java has started, and the certificates are being made.
      awaitFile(directory.resolve("certs"));
      server.signal("HUP");
      server.awaitPort(Protocol.TLS);
      server.signal("HUP");
      server.awaitLine("SIGHUP: .*");
      stop(server);
    }
  }

  private static void awaitFile(Path file) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (Files.notExists(file)) {
      assertTrue(System.nanoTime() < deadline, "no " + file);
      Thread.sleep(5);
    }
  }

  // A watch that goes on.

  @Test
  @Tag("slow")
  void withoutATemporaryDirectoryAChangeIsApplied() throws Exception {
    write(1);
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    try (UpperProcess server =
        upper().jvm("-Djava.io.tmpdir=" + temporary).start("-conf", "upper.json")) {
      server.awaitPort(Protocol.TCP);
      try (var files = Files.walk(temporary)) {
        for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
      Files.writeString(temporary, "no directory any more");
      write(2);
      server.awaitLine("tcp/instances: 1 -> 2");
      write(3);
      server.awaitLine("tcp/instances: 2 -> 3");
      assertEquals("", stop(server).err());
    }
  }

  @Test
  @Tag("slow")
  void aFileThatIsAPipeForAWhileIsToldOnce() throws Exception {
    write(1);
    try (UpperProcess server = upper().start("-conf", "upper.json")) {
      server.awaitPort(Protocol.TCP);
      replaceByPipe("upper.json");
      server.awaitError("upper.json: no regular file any more; nothing is changed");
      write(2);
      server.awaitLine("tcp/instances: 1 -> 2");
      UpperProcess.Ended ended = stop(server);
      assertEquals(1, ended.err().lines().count(), ended::err);
    }
  }

  @Test
  @Tag("slow")
  void theWatchOutlivesALackOfDescriptors() throws Exception {
    write(1);
    try (UpperProcess server = upper().start("-conf", "upper.json")) {
      int port = server.awaitPort(Protocol.TCP);
      // These classes are in a directory, not in a jar: each must have been found before.
      write("wrong");
      server.awaitError("upper.json: not a JSON object");
      write(3);
      server.awaitLine("tcp/instances: 1 -> 3");
      String before = descriptors(server, "--output=SOFT", "--noheadings", "--nofile");
      descriptors(server, "--nofile=1:");
      write(2);
      server.signal("HUP");
      server.awaitError("upper.json: it cannot be read: Too many open files; nothing is changed");
      descriptors(server, "--nofile=" + before + ":");
      server.awaitLine("tcp/instances: 3 -> 2");
      assertServed(port);
      UpperProcess.Ended ended = stop(server);
      assertEquals(2, ended.err().lines().count(), ended::err);
    }
  }

  /** What it may have open, while it runs. */
  private static String descriptors(UpperProcess server, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("prlimit", "--pid", "" + server.pid()));
    command.addAll(List.of(options));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, process.waitFor(), output);
      return output.strip();
    } catch (IOException e) {
      assumeTrue(false, "no prlimit");
      return null;
    }
  }

  @Test
  void certificatesAreWatchedWhateverBecomesOfTheirFiles() throws Exception {
    TestCertificates.copyTo(directory.resolve("certs"));
    TestCertificates.copyOtherTo(directory.resolve("next"));
    String conf =
        TCP.formatted(1).replace("\"tls\": {\"enabled\": false}", "\"tls\": {\"port\": 0}");
    try (UpperProcess server = upper().start("-conf", conf)) {
      server.awaitPort(Protocol.TLS);
      replaceByPipe("certs/" + CertificateAuthority.SERVER_CERTIFICATE);
      server.awaitError(
          "/tls/certificate: \"certs/server-cert.pem\" is no regular file; tls continues with ");
      for (String file :
          List.of(CertificateAuthority.SERVER_CERTIFICATE, CertificateAuthority.SERVER_KEY)) {
        Files.move(
            directory.resolve("next").resolve(file),
            directory.resolve("certs").resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
      server.awaitLine("tls certificate: .*");
      stop(server);
    }
  }
}
