package io.upper.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.check.CheckCase;
import io.upper.check.CheckedServer;
import io.upper.check.Grader;
import io.upper.check.Level;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.TlsIdentity;
import io.upper.check.cases.Cases;
import io.upper.lesson.LessonsTest.Lesson;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A lesson fails the cases that its header names, and passes those that name it. */
class LessonCasesTest {
  private static final Pattern ID =
      Pattern.compile("\\{@code\\s+(?:\\*\\s+)?((tcp|udp|tls)/[a-z0-9/-]+)}");
  // They say something only where the grader has started the server.
  private static final Pattern STARTED = Pattern.compile("tcp/pressure/memory|tcp/life/.*");
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(30);
  private static final int JAVA_WITH_VIRTUAL_THREADS = 21;

  @TempDir Path directory;

  private static List<CheckCase> all() {
    return Cases.ALL;
  }

  private static Set<String> named(String lesson) throws Exception {
    return ID.matcher(LessonSources.header(lesson))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> naming(String lesson) {
    return all().stream()
        .filter(check -> check.lesson().equals(LessonSources.word(lesson)))
        .map(CheckCase::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Stream<String> claims() throws Exception {
    Set<String> lessons = new TreeSet<>();
    for (String lesson : LessonSources.names()) {
      if (!named(lesson).isEmpty() || !naming(lesson).isEmpty()) {
        lessons.add(lesson);
      }
    }
    return lessons.stream();
  }

  @Test
  void whatIsNamedExists() throws Exception {
    Set<String> ids = all().stream().map(CheckCase::id).collect(Collectors.toSet());
    int count = 0;
    for (String lesson : LessonSources.names()) {
      count += named(lesson).size();
      assertTrue(ids.containsAll(named(lesson)), lesson + ": " + named(lesson));
    }
    assertTrue(count > 0);
    Set<String> lessons =
        LessonSources.names().stream().map(LessonSources::word).collect(Collectors.toSet());
    all().stream()
        .filter(check -> !check.lesson().isEmpty())
        .forEach(check -> assertTrue(lessons.contains(check.lesson()), check.id()));
  }

  @ParameterizedTest
  @MethodSource("claims")
  @Tag("slow")
  void failsAndPassesWhatIsSaid(String lesson) throws Exception {
    boolean virtual = Runtime.version().feature() >= JAVA_WITH_VIRTUAL_THREADS;
    assumeTrue(virtual || !lesson.equals("VertxStreams"), "needs Java 21");
    Map<String, Boolean> expected = new TreeMap<>();
    naming(lesson).stream()
        .filter(id -> !STARTED.matcher(id).matches())
        .forEach(id -> expected.put(id, true));
    named(lesson).forEach(id -> expected.put(id, false));
    Map<String, Boolean> found = found(lesson, expected, Grader.Settings.PATIENCE);
    if (!found.equals(expected)) {
      // A busy machine.
      found = found(lesson, expected, LONG_PATIENCE);
    }
    assertEquals(expected, found);
  }

  private Map<String, Boolean> found(
      String lesson, Map<String, Boolean> expected, Duration patience) throws Exception {
    Map<String, Boolean> found = new TreeMap<>();
    grade(lesson, expected.keySet(), patience).verdicts().stream()
        .filter(verdict -> expected.containsKey(verdict.check().id()))
        .filter(verdict -> verdict.outcome() != Outcome.SKIPPED)
        .forEach(verdict -> found.put(verdict.check().id(), verdict.outcome() == Outcome.PASS));
    return found;
  }

  private Report grade(String lesson, Set<String> ids, Duration patience) throws Exception {
    Grader.Settings settings = new Grader.Settings(42, Level.ABUSE, false, ids::contains, patience);
    Path certificates = directory.resolve("certs");
    TestCertificates.copyTo(certificates);
    try (Lesson server = Lesson.start(directory, lesson, "0")) {
      int port = Integer.parseInt(server.awaitListening());
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
      CheckedServer plain = () -> address;
      boolean tls = lesson.contains("Tls");
      return new Grader(
              tls ? plain.withTls(new TlsIdentity("localhost", authority(certificates))) : plain,
              lesson,
              tls ? Cases.TLS : lesson.contains("Udp") ? Cases.UDP : Cases.TCP,
              settings,
              new Grader.Listener() {})
          .grade();
    }
  }

  private static List<Certificate> authority(Path certificates) throws Exception {
    Path file = certificates.resolve(CertificateAuthority.CA_CERTIFICATE);
    try (InputStream in = Files.newInputStream(file)) {
      return List.of(CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
  }
}
