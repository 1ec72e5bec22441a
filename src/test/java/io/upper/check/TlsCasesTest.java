package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.ChildClassPath;
import io.upper.cert.ServerIdentities;
import io.upper.check.cases.Cases;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case that only TLS has fails for a server that is made for it; a right one passes all. */
@Tag("slow")
class TlsCasesTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final String OLD = "tls/handshake/no-version-1.1";
  private static final List<Wrong> WRONG = WrongTlsServers.all();
  @TempDir private static Path directory;
  private static ServerIdentities identities;
  private static WrongGrading grading;

  static List<Wrong> wrongServers() {
    return WRONG;
  }

  @BeforeAll
  static void gradeAll() throws Exception {
    identities = ServerIdentities.create(directory);
    grading = new WrongGrading(Cases.TLS, TlsCasesTest::server, WRONG);
  }

  private static WrongTlsServer server() {
    return new WrongTlsServer(0, identities);
  }

  @AfterAll
  static void stop() {
    grading.close();
  }

  @ParameterizedTest
  @MethodSource("wrongServers")
  void fails(Wrong wrong) throws Exception {
    grading.assertFails(wrong);
  }

  @Test
  void eachCaseOfTlsOnlyHasItsWrongServer() {
    Set<String> made = WRONG.stream().map(Wrong::id).collect(Collectors.toSet());
    Set<String> missing = new TreeSet<>();
    Cases.TLS.stream()
        .filter(check -> !isOfTcp(check) && !check.proves() && !made.contains(check.id()))
        .forEach(check -> missing.add(check.id()));
    assertEquals(Set.of(OLD), missing); // Its server needs a process of its own.
  }

  private static boolean isOfTcp(CheckCase check) {
    return Cases.TCP.stream().anyMatch(each -> each.over("tls", "").id().equals(check.id()));
  }

  @Test
  void aServerThatSpeaksTls11IsWeak() throws Exception {
    List<String> command =
        ChildClassPath.command(
            OldServer.class.getName(), "{port}", directory.toString(), identities.password());
    try (StartedServer old = StartedServer.start(command, StartedServer.START);
        WrongTlsServer right = server()) {
      CheckedServer server = old.withTls(right.tls().orElseThrow());
      Report report =
          grading.grade(server, Level.ROBUST, OLD::equals, LONG, new Grader.Listener() {});
      Verdict verdict = WrongGrading.failed(report).get(OLD);
      assertNotNull(verdict, () -> WrongGrading.reasons(report));
      assertEquals("The server answered a TLS 1.1 client with a ServerHello.", verdict.reason());
    }
  }

  /** Right but for its versions. Only before its first use can Java's TLS be told to allow them. */
  static final class OldServer {
    public static void main(String[] args) throws Exception {
      Security.setProperty("jdk.tls.disabledAlgorithms", "");
      WrongTlsServer server =
          new WrongTlsServer(
              Integer.parseInt(args[0]), ServerIdentities.open(Path.of(args[1]), args[2]));
      server.versions = new String[] {"TLSv1.1", "TLSv1.2", "TLSv1.3"};
      server.begin();
      new CountDownLatch(1).await();
    }
  }

  @Test
  void aRightServerPassesAll() {
    Report report = grade(server -> {});
    assertEquals(
        report.verdicts().size(), report.count(Outcome.PASS), () -> WrongGrading.reasons(report));
  }

  @Test
  void aRightIterativeServerPassesWhatAppliesToIt() {
    Report report = grade(server -> server.dispatch = Runnable::run);
    assertTrue(report.traits().oneClientAtATime());
    assertEquals(
        Set.of(), WrongGrading.failed(report).keySet(), () -> WrongGrading.reasons(report));
    assertTrue(report.count(Outcome.SKIPPED) <= 6, () -> WrongGrading.reasons(report));
  }

  private static Report grade(Consumer<WrongTlsServer> oddity) {
    try (WrongTlsServer server = server()) {
      oddity.accept(server);
      server.begin();
      Grader.Settings full = new Grader.Settings(1, Level.ROBUST, true, id -> true, LONG);
      return new Grader(server, "right", Cases.TLS, full, new Grader.Listener() {}).grade();
    }
  }
}
