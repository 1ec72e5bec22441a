package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import io.upper.config.Protocol;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The service and the model of examples/service in the program, as its README starts it. */
@Timeout(300)
class ServiceExampleIT {
  private static final Path EXAMPLE = Path.of("examples/service/src/main").toAbsolutePath();
  private static final Path PROGRAM = Path.of("target/upper.jar");
  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir private static Path directory;
  private static Path jar;

  @BeforeAll
  static void build() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no sh");
    Path classes = Files.createDirectory(directory.resolve("classes"));
    List<String> arguments = new ArrayList<>(List.of("-proc:none", "--release", "17"));
    arguments.addAll(List.of("-cp", PROGRAM.toString(), "-d", classes.toString()));
    files(EXAMPLE.resolve("java")).forEach(file -> arguments.add(file.toString()));
    String[] given = arguments.toArray(String[]::new);
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, given));
    jar = directory.resolve("reverse.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path root : List.of(classes, EXAMPLE.resolve("resources"), EXAMPLE.resolve("java"))) {
        for (Path one : files(root)) {
          out.putNextEntry(new JarEntry(root.relativize(one).toString()));
          Files.copy(one, out);
        }
      }
    }
  }

  private static List<Path> files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  private static UpperProcess.Builder upper() {
    return UpperProcess.ofScript(Path.of("upper").toAbsolutePath())
        .environment("CLASS_ARCHIVE", "no")
        .environment("UPPER_CLASSPATH", jar.toString())
        .in(directory);
  }

  private static UpperProcess serve(String model, int processes) throws IOException {
    String conf =
        "{\"processes\": %d, \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false},"
            + " \"tcp\": {\"port\": 0, \"service\": \"reverse\", \"model\": \"%s\"}}";
    return upper().start("serve", "-conf", conf.formatted(processes, model));
  }

  @ParameterizedTest
  @CsvSource({"process-per-connection, 1", "queue-per-worker, 2"})
  void modelsServeItsLines(String model, int processes) throws Exception {
    assertServesItsLines(model, processes);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({"iterative, 1", "worker-pool, 1", "queue-per-worker, 1"})
  void otherModelsServeThemToo(String model, int processes) throws Exception {
    assertServesItsLines(model, processes);
  }

  private static void assertServesItsLines(String model, int processes) throws Exception {
    assumeTrue(processes == 1 || Epoll.isAvailable() || KQueue.isAvailable(), "not native");
    try (UpperProcess server = serve(model, processes)) {
      int port = server.awaitPort(Protocol.TCP);
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.setSoTimeout(PATIENCE_MILLIS);
        client.getOutputStream().write("hello\nañ".getBytes(UTF_8));
        assertEquals("olleh\n", new String(client.getInputStream().readNBytes(6), UTF_8));
        client.getOutputStream().write("b\r\nend".getBytes(UTF_8));
        client.shutdownOutput();
        assertEquals("bña\r\ndne", new String(client.getInputStream().readAllBytes(), UTF_8));
      }
      server.signal("TERM");
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals(0, ended.status(), ended.err());
      assertEquals("", ended.err());
      // Nothing of Logback, though the example has a logback.xml too.
      assertFalse(ended.out().contains("|-"), ended.out());
    }
  }

  @Test
  void theToolsKnowTheService() throws Exception {
    try (UpperProcess server = serve("event-loop", 1)) {
      String port = "" + server.awaitPort(Protocol.TCP);
      try (UpperProcess client =
          upper().start("client", "tcp", "localhost", port, "--service", "reverse")) {
        client.write("añb\n");
        client.awaitLine("Reply is 'bña'");
      }
      UpperProcess.Ended load =
          upper().run("stress", "tcp", "localhost", port, "4", "--service", "reverse");
      assertEquals(0, load.status(), load.err());
      assertTrue(load.out().endsWith("Clients never served: 0\n"), load.out());
      assertTrue(load.out().contains("32 answered correctly (100 %)"), load.out());
    }
    UpperProcess.Ended refused =
        upper()
            .run(
                "config",
                "-conf",
                "{\"tcp\":{\"service\":\"reverse\"},\"reverse\":{\"maxLineBytes\":0}}");
    assertEquals("-conf: /reverse/maxLineBytes: 0 is not in 1..1048576\n", refused.err());
  }

  @Test
  void theToolsKnowTheModel() throws Exception {
    String source = "java/org/example/reverse/QueuePerWorkerModel.java";
    assertEquals(
        Files.readString(EXAMPLE.resolve(source)), upper().run("show", "queue-per-worker").out());
    UpperProcess.Ended lab =
        upper()
            .run(
                "lab",
                "--models",
                "queue-per-worker",
                "--clients",
                "2",
                "--requests",
                "1",
                "--job",
                "sleep:1ms");
    assertEquals(0, lab.status(), lab.err());
    assertTrue(lab.out().contains("queue-worker-"), lab.out());
  }
}
