package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.ChildClassPath;
import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.check.cases.Cases;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The real server passes every case: in its models, over UDP, and with both engines of TLS. */
@Tag("slow")
class RealServerCasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long SEED = 42;
  // Skipped: without resets, without the memory of a server that runs already, without --ca.
  private static final Set<String> OF_TCP_OR_STARTED =
      Set.of(
          "end/reset-in-flight",
          "end/reset-at-once",
          "end/twenty-resets",
          "handshake/reset",
          "pressure/memory",
          "identity/chain",
          "identity/name");
  private static final Set<String> LIKE_OTHERS =
      Set.of("iterative", "worker-pool", "thread-per-connection");
  private static final boolean LONG = "full".equals(System.getProperty("test.matrix"));
  private static final String IN_FLIGHT = "tcp/life/answers-in-flight";

  /** The models that differ most; all of them by {@code .ci/run --long}. */
  static Stream<String> servers() {
    return Stream.of(
            "iterative",
            "event-loop",
            "worker-pool",
            "thread-per-connection",
            "process-per-connection")
        .filter(model -> LONG || !LIKE_OTHERS.contains(model))
        .map(model -> "\"model\": \"" + model + "\"");
  }

  @ParameterizedTest
  @MethodSource("servers")
  @ValueSource(strings = "\"instances\": 1}, \"processes\": 2, \"job\": {\"kind\": \"none\"")
  void passesAll(String settings) throws Exception {
    String configuration =
        "{\"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}, \"tcp\": {\"port\": {port}, "
            + settings
            + "}}";
    try (StartedServer server = StartedServer.start(command(configuration), StartedServer.START)) {
      passesAll(server, Cases.TCP);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iterative",
        "event-loop",
        "worker-pool",
        "thread-per-connection",
        "process-per-connection"
      })
  void answersWhatIsInFlight(String model) throws Exception {
    String configuration =
        "{\"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}, \"tcp\": {\"port\": {port},"
            + " \"model\": \""
            + model
            + "\"}, \"job\": {\"kind\": \"sleep\", \"millis\": 300}}";
    Grader.Settings settings =
        new Grader.Settings(SEED, Level.ROBUST, false, IN_FLIGHT::equals, PATIENCE);
    try (StartedServer server = StartedServer.start(command(configuration), StartedServer.START)) {
      Report report =
          new Grader(server, model, Cases.TCP, settings, new Grader.Listener() {}).grade();
      Verdict verdict = report.verdicts().get(1);
      assertEquals(IN_FLIGHT, verdict.check().id());
      assertEquals(Outcome.PASS, verdict.outcome(), verdict.reason());
    }
  }

  @Test
  void passesAllOverUdp() throws Exception {
    String configuration =
        "{\"tls\": {\"enabled\": false}, \"tcp\": {\"enabled\": false}, \"udp\": {\"port\": {port}}}";
    try (StartedServer server =
        StartedServer.launch(command(configuration), List.of("udp"), StartedServer.START)) {
      server.awaitListening();
      passesAll(server, Cases.UDP);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "jdk"})
  void passesAllOverTls(String engine, @TempDir Path directory) throws Exception {
    TestCertificates.copyTo(directory);
    JsonObject tls = CertificateAuthority.settings(directory).put("engine", engine);
    String configuration =
        new JsonObject()
            .put("tcp", new JsonObject().put("enabled", false))
            .put("udp", new JsonObject().put("enabled", false))
            .put("tls", tls.put("port", "PORT"))
            .encode()
            .replace("\"PORT\"", "{port}");
    Certificate authority;
    try (InputStream file = Files.newInputStream(directory.resolve("ca-cert.pem"))) {
      authority = CertificateFactory.getInstance("X.509").generateCertificate(file);
    }
    try (StartedServer server = StartedServer.start(command(configuration), StartedServer.START)) {
      passesAll(server.withTls(new TlsIdentity("localhost", List.of(authority))), Cases.TLS);
    }
  }

  static Stream<String> unixServers() {
    return Stream.of("tcp", "tls openssl", "tls jdk").limit(LONG ? 3 : 1);
  }

  @ParameterizedTest
  @MethodSource("unixServers")
  void passesAllOverAUnixSocketButItHasNoReset(String served, @TempDir Path directory)
      throws Exception {
    TestCertificates.copyTo(directory.resolve("certs"));
    JsonObject off = new JsonObject().put("enabled", false);
    JsonObject configuration = new JsonObject().put("udp", off).put("tcp", off).put("tls", off);
    String[] words = served.split(" ");
    JsonObject server = new JsonObject().put("path", "u.sock");
    configuration.put(words[0], words.length == 1 ? server : server.put("engine", words[1]));
    CheckedServer address =
        () -> UnixDomainSocketAddress.of(directory.resolve("u.sock").toAbsolutePath());
    try (UpperProcess process =
        UpperProcess.ofClasses().in(directory).start("-conf", configuration.encode())) {
      process.awaitLine(".* listening on unix:u.sock .*");
      boolean tls = words.length > 1;
      Grader.Settings all =
          new Grader.Settings(
              SEED, Level.ROBUST, false, id -> !id.startsWith("tcp/life"), PATIENCE);
      Report report =
          new Grader(
                  tls ? address.withTls(new TlsIdentity("localhost", List.of())) : address,
                  "upper",
                  tls ? Cases.TLS : Cases.TCP,
                  all,
                  new Grader.Listener() {})
              .grade();
      assertEquals(
          "",
          report.verdicts().stream()
              .filter(verdict -> verdict.outcome() != Outcome.PASS)
              .filter(verdict -> !OF_TCP_OR_STARTED.contains(verdict.check().id().substring(4)))
              .map(verdict -> verdict.check().id() + ": " + verdict.reason())
              .collect(Collectors.joining("\n")));
    }
  }

  /** Without a job. */
  private static boolean nothingInFlight(Verdict verdict) {
    return verdict.check().id().equals(IN_FLIGHT) && verdict.outcome() == Outcome.SKIPPED;
  }

  private static List<String> command(String configuration) {
    return ChildClassPath.command("io.upper.Main", "serve", "-conf", configuration);
  }

  private static void passesAll(CheckedServer server, List<CheckCase> cases) {
    // In full: no budget is used up on a busy machine.
    Grader.Settings all = new Grader.Settings(SEED, Level.ROBUST, true, id -> true, PATIENCE);
    Report report = new Grader(server, "upper", cases, all, new Grader.Listener() {}).grade();
    assertEquals(
        "",
        report.verdicts().stream()
            .filter(verdict -> verdict.outcome() != Outcome.PASS && !nothingInFlight(verdict))
            .map(verdict -> verdict.check().id() + ": " + verdict.reason())
            .collect(Collectors.joining("\n")));
    assertEquals(
        cases.stream().filter(each -> each.level() != Level.ABUSE).count(),
        report.verdicts().size());
  }
}
