package io.upper;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.config.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people get: target/upper.jar, by itself. */
class FatJarIT {
  private static final Path PATH = Path.of("target/upper.jar");
  private static JarFile jar;

  @BeforeAll
  static void open() throws IOException {
    jar = new JarFile(PATH.toFile());
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  /** The limit is this machine's: UDP used to hang, and TCP to blame the server. */
  @Test
  void stressNamesTheLimitOfOpenFiles() throws Exception {
    assumeTrue(Files.exists(Path.of("/bin/bash")), "there is no bash");
    try (UpperProcess server =
        UpperProcess.ofJar(PATH)
            .start(
                "-conf",
                "{\"tcp\":{\"port\":0},\"udp\":{\"port\":0},\"tls\":{\"enabled\":false}}")) {
      assertNamesTheLimit(server, Protocol.TCP);
      assertNamesTheLimit(server, Protocol.UDP);
    }
  }

  private static void assertNamesTheLimit(UpperProcess server, Protocol protocol) throws Exception {
    UpperProcess.Ended ended =
        UpperProcess.ofJar(PATH)
            .shell("ulimit -n 200")
            .run(
                "stress",
                protocol.word(),
                "127.0.0.1",
                "" + server.awaitPort(protocol),
                "400",
                "--requests",
                "2",
                "--timeout",
                "20s",
                "--fail-if",
                "refused>0",
                "--quiet");
    String words = ended.out().replaceAll("\\s+", " ");
    assertEquals(0, ended.status(), ended.err() + words);
    assertTrue(
        words.contains("note: limits of this machine, not of the server: no more open files, "),
        words);
    assertEquals(1, words.split("note: limits").length - 1, words);
  }

  @Test
  void manifestNamesMainClassAndMainVerticle() throws IOException {
    Attributes manifest = jar.getManifest().getMainAttributes();
    assertEquals("io.upper.Main", manifest.getValue("Main-Class"));
    assertEquals("io.upper.MainVerticle", manifest.getValue("Main-Verticle"));
    assertEquals("true", manifest.getValue("Multi-Release"));
    assertEquals("ALL-UNNAMED", manifest.getValue("Enable-Native-Access"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "libnetty_transport_native_epoll_x86_64.so",
        "libnetty_transport_native_epoll_aarch_64.so",
        "libnetty_transport_native_kqueue_x86_64.jnilib",
        "libnetty_transport_native_kqueue_aarch_64.jnilib"
      })
  void holdsTheNativeTransports(String library) {
    assertNotNull(jar.getEntry("META-INF/native/" + library));
  }

  @Test
  void everyPartOfNettyHasTheSameVersion() throws IOException {
    Map<String, String> versions = new TreeMap<>();
    properties("META-INF/io.netty.versions.properties")
        .forEach(
            (key, value) -> {
              if (key.toString().endsWith(".version")) {
                versions.put(key.toString(), value.toString());
              }
            });
    for (String entry : jar.stream().map(e -> e.getName()).toList()) {
      // netty-tcnative counts by itself.
      if (entry.matches("META-INF/maven/io\\.netty/(?!netty-tcnative).*/pom\\.properties")) {
        versions.put(entry, properties(entry).getProperty("version"));
      }
    }
    assertTrue(versions.size() > 30, () -> "too few: " + versions);
    assertEquals(1, new TreeSet<>(versions.values()).size(), versions::toString);
  }

  @Test
  void keepsTheServicesOfEveryJar() throws IOException {
    assertEquals(
        Set.of("ch.qos.logback.classic.spi.LogbackServiceProvider"),
        services("org.slf4j.spi.SLF4JServiceProvider"));
    Set<String> stores = services("io.vertx.config.spi.ConfigStoreFactory");
    assertTrue(stores.contains("io.upper.config.ConfigurationStoreFactory"));
    for (String store : new String[] {"File", "EnvVariables", "SystemProperties"}) {
      assertTrue(stores.contains("io.vertx.config.impl.spi." + store + "ConfigStoreFactory"));
    }
    assertTrue(
        services("io.vertx.config.spi.ConfigProcessor")
            .contains("io.vertx.config.impl.spi.JsonProcessor"));
  }

  @Test
  void demoWorksFromAnyDirectoryAndLeavesNothing(@TempDir Path elsewhere) throws Exception {
    UpperProcess.Ended demo = UpperProcess.ofJar(PATH).in(elsewhere).run("demo");
    assertEquals("", demo.err());
    assertEquals(0, demo.status());
    assertTrue(demo.out().endsWith("All replies are right.\n"), demo.out());
    assertEquals(0, elsewhere.toFile().list().length);
    String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    if (system.matches("Linux (amd64|aarch64)")) {
      assertTrue(demo.out().startsWith("transport: epoll\n"), demo.out());
    }
  }

  /** vertx-config then retrieves the configuration and its changes. */
  @Test
  void theLauncherOfVertxServesTheMainVerticle(@TempDir Path elsewhere) throws Exception {
    String conf = "{\"tcp\": {\"port\": 0, \"instances\": %d}, \"tls\": {\"enabled\": false}}";
    Path file = Files.writeString(elsewhere.resolve("upper.json"), conf.formatted(2));
    try (UpperProcess server =
        UpperProcess.ofJar(PATH, "io.vertx.launcher.application.VertxApplication")
            .in(elsewhere)
            .environment("UPPER_CONF", "upper.json")
            .environment("UPPER_PORT", "tcp://10.0.0.7:2000")
            .environment("UPPER_TCP_MODEL", "iterative")
            .start("io.upper.MainVerticle", "-conf", "{\"udp\": {\"enabled\": false}}")) {
      server.awaitLine("tcp listening on .* \\(2 instances, iterative\\)");
      Files.writeString(file, conf.formatted(3));
      server.awaitLine("tcp/instances: 2 -> 3");
      server.signal("TERM");
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals("", ended.err());
      assertFalse(ended.out().contains("udp listening"), ended::out);
    }
  }

  /** Health, metrics, access log and cluster cost nothing when off. */
  @Test
  void whatIsOffIsNotLoaded(@TempDir Path elsewhere) throws Exception {
    Path log = elsewhere.resolve("classes");
    String conf = "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"enabled\": false}}";
    try (UpperProcess server =
        UpperProcess.ofJar(PATH)
            .in(elsewhere)
            .jvm("-Xlog:class+load:file=" + log)
            .start("-conf", conf)) {
      server.awaitPort(Protocol.TCP);
      server.awaitPort(Protocol.UDP);
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
    String loaded = Files.readString(log);
    assertTrue(loaded.contains(" io.upper.server.TcpServerVerticle "));
    for (String part :
        new String[] {
          "io.micrometer.",
          "io.prometheus.",
          "io.vertx.micrometer.",
          "io.upper.admin.AdminVerticle",
          "io.upper.live.",
          "io.upper.cli.AccessLog",
          "io.vertx.config.",
          "io.vertx.spi.cluster.",
          "com.hazelcast.",
          "ch.qos.logback.classic.AsyncAppender",
          "io.vertx.core.http.impl.HttpServerImpl"
        }) {
      assertFalse(loaded.contains(" " + part), part);
    }
  }

  @Test
  void knowsItsVersion() throws Exception {
    UpperProcess.Ended version = UpperProcess.ofJar(PATH).run("--version");
    // Built with this Java.
    String kernel = Runtime.version().feature() >= 22 ? "vector" : "word";
    assertTrue(
        version.out().matches("upper \\d+\\.\\d+\\.\\d+.*, " + kernel + " kernel\n"),
        version.out());
    assertFalse(version.out().contains("not from a jar"));
  }

  private static Properties properties(String entry) throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(text(entry)));
    return properties;
  }

  private static Set<String> services(String type) throws IOException {
    return text("META-INF/services/" + type)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .collect(toSet());
  }

  private static String text(String entry) throws IOException {
    try (InputStream in = jar.getInputStream(jar.getEntry(entry))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
