package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.upper.cert.CertificateAuthority;
import io.upper.client.ClientSettings;
import io.upper.client.UpperClient;
import io.upper.config.Protocol;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/models.md says is so: its table names every example of the Python README, every command
 * in it works, and its code is the code.
 *
 * <p>The commands run as they stand there, all at once but for their starts, with two changes.
 * Ports are free ones: servers get port 0 by the environment (UPPER_TCP_PORT), which wins over
 * {@code -conf}, and clients get the port of a server in place of the last argument. And {@code
 * ./upper} is the program of the classes under test; {@code FatJarIT} tests the jar.
 */
@Tag("one-jdk")
class ModelsDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/models.md");
  private static final Path SOURCES = Path.of("src/main/java/io/upper/model");

  // https://github.com/UCLM-ESI/upper, README.md: every example that it lists, in its order.
  private static final List<String> PYTHON =
      List.of(
          "udp_client.py",
          "udp_server.py",
          "udp_ss.py",
          "udp_fork.py",
          "udp_ss_fork.py",
          "udp_async.py",
          "tcp_client.py",
          "tcp_server.py",
          "tcp_ss.py",
          "tcp_fork.py",
          "tcp_ss_fork.py",
          "tcp_process.py",
          "tcp_prefork_pool.py",
          "tcp_thread.py",
          "tcp_ss_thread.py",
          "tcp_select.py",
          "tcp_selectors.py",
          "tcp_async_protocols.py",
          "tcp_async_streams.py",
          "TCP_asyncore.py",
          "TCP_twisted.py",
          "SSL_client.py",
          "SSL_server.py",
          "certificates");

  private static final Pattern ROW =
      Pattern.compile("\\| (`?)([\\w.]+)\\1.* \\| (.+) \\| `\\./upper (.+?)` \\| (.+) \\|");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");
  private static final Pattern JAVA = Pattern.compile("(?s)```java\n(.+?)```");

  private static final int CLIENTS = 10;
  // An iterative server takes ten seconds for ten clients.
  private static final int TIMEOUT_SECONDS = 60;
  private static final int STARTS_AT_ONCE = 2;

  @TempDir static Path directory;

  private static final ExecutorService ROWS = Executors.newCachedThreadPool();
  private static final Semaphore STARTS = new Semaphore(STARTS_AT_ONCE);
  private static Vertx vertx;

  /**
   * A row of the tables.
   *
   * @param python the example's file
   * @param model what the second column says
   * @param command the words behind {@code ./upper}
   */
  private record Row(String python, String model, List<String> command) {

    Protocol protocol() {
      String prefix = python.substring(0, 3).toUpperCase(Locale.ROOT);
      return prefix.equals("SSL") ? Protocol.TLS : Protocol.valueOf(prefix);
    }
  }

  @BeforeAll
  static void makeCertificates() throws IOException {
    TestCertificates.copyTo(directory.resolve("certs"));
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    ROWS.shutdownNow();
    vertx.close().await();
  }

  @Test
  void tableNamesEveryPythonExample() throws IOException {
    assertEquals(PYTHON, rows().stream().map(Row::python).toList());
  }

  @Test
  void everyModelHasItsRow() throws IOException {
    String document = Files.readString(DOCUMENT).replace("`", "");
    for (ModelFactory model : Models.all()) {
      String row = "| " + model.word() + " | " + model.sentence() + " | ";
      assertTrue(document.contains(row), row);
      assertTrue(document.contains("](../src/main/java" + model.source() + ") |"), model.source());
    }
  }

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> everyCommandOfTheTableWorks() throws IOException {
    return rows().stream()
        .map(
            row -> {
              java.util.concurrent.Future<?> run = ROWS.submit(() -> run(row));
              return dynamicTest(row.python() + ": " + row.command(), () -> succeeded(run));
            })
        // All of them started before the first is waited for.
        .toList()
        .stream();
  }

  @Test
  void codeOfTheDocumentIsInTheSources() throws IOException {
    StringBuilder sources = new StringBuilder();
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        sources.append(Files.readString(file));
      }
    }
    Matcher code = JAVA.matcher(Files.readString(DOCUMENT));
    int excerpts = 0;
    for (; code.find(); excerpts++) {
      assertTrue(sources.indexOf(code.group(1)) >= 0, "not in the sources: " + code.group(1));
    }
    assertTrue(excerpts >= 2, "both styles are shown");
  }

  private static List<Row> rows() throws IOException {
    return Files.readAllLines(DOCUMENT).stream()
        .map(ROW::matcher)
        .filter(Matcher::matches)
        .map(row -> new Row(row.group(2), row.group(3), words(row.group(4))))
        .toList();
  }

  private static List<String> words(String command) {
    return WORD.matcher(command)
        .results()
        .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
        .collect(Collectors.toList());
  }

  private static void succeeded(java.util.concurrent.Future<?> run) throws Throwable {
    try {
      run.get();
    } catch (ExecutionException e) {
      throw e.getCause();
    }
  }

  private static Void run(Row row) throws Exception {
    switch (row.command().get(0)) {
      case "serve" -> runServer(row);
      case "client" -> runClient(row);
      case "certs" -> runCerts(row);
      default -> throw new AssertionError("unknown command: " + row);
    }
    return null;
  }

  private static UpperProcess start(List<String> command) throws IOException {
    return UpperProcess.ofClasses()
        .in(directory)
        .environment("UPPER_TCP_PORT", "0")
        .environment("UPPER_UDP_PORT", "0")
        .environment("UPPER_TLS_PORT", "0")
        .start(command.toArray(String[]::new));
  }

  private static void runServer(Row row) throws Exception {
    STARTS.acquire();
    try (UpperProcess server = start(row.command())) {
      Matcher listening;
      try {
        listening =
            server.awaitLine(
                ".*" + row.protocol().word() + " listening on .*:(\\d+) \\(1 instance, (.*)\\)");
      } finally {
        STARTS.release();
      }
      assertTrue(row.model().contains("`" + listening.group(2) + "`"), listening.group());
      askByClients(row.protocol(), Integer.parseInt(listening.group(1)));
      server.signal("TERM");
      UpperProcess.Ended end = server.awaitEnd();
      assertEquals(0, end.status(), end.err());
    }
  }

  /** All clients send one request each, at the same time. */
  private static void askByClients(Protocol protocol, int port) {
    List<UpperClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client(protocol, port).await());
    }
    List<Future<String>> replies = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      replies.add(clients.get(i).ask("tiger " + i));
    }
    for (int i = 0; i < CLIENTS; i++) {
      assertEquals("TIGER " + i, replies.get(i).await());
    }
    clients.forEach(client -> client.close().await());
  }

  private static Future<UpperClient> client(Protocol protocol, int port) {
    String ca = directory.resolve("certs").resolve(CertificateAuthority.CA_CERTIFICATE).toString();
    return UpperClient.open(
        vertx,
        new ClientSettings(
            protocol,
            "localhost",
            port,
            ca,
            false,
            ConfiguredService.of(new Uppercase()),
            TIMEOUT_SECONDS));
  }

  private static void runClient(Row row) throws Exception {
    STARTS.acquire();
    try (UpperProcess server = start(List.of("serve"))) {
      List<String> command = new ArrayList<>(row.command());
      String port = String.valueOf(server.awaitPort(row.protocol()));
      command.set(command.size() - 1, port);
      assertEquals(row.protocol().word(), command.get(1));
      try (UpperProcess client = start(command)) {
        client.write("hello\n");
        client.awaitLine("Reply is 'HELLO'");
        client.endOfInput();
        UpperProcess.Ended end = client.awaitEnd();
        assertEquals(0, end.status(), end.err());
      }
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    } finally {
      STARTS.release();
    }
  }

  private static void runCerts(Row row) throws Exception {
    STARTS.acquire();
    try {
      Path empty = Files.createDirectory(directory.resolve("empty"));
      UpperProcess.Ended end =
          UpperProcess.ofClasses().in(empty).run(row.command().toArray(String[]::new));
      assertEquals(0, end.status(), end.err());
      for (String file :
          List.of("ca-cert.pem", "ca-key.pem", "server-cert.pem", "server-key.pem")) {
        assertTrue(Files.size(empty.resolve("certs").resolve(file)) > 0, file);
      }
    } finally {
      STARTS.release();
    }
  }
}
