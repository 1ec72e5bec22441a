package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.MatrixTable;
import io.upper.check.CheckCase;
import io.upper.check.Grader;
import io.upper.check.Level;
import io.upper.check.Report;
import io.upper.check.Verdict;
import io.upper.check.cases.Cases;
import io.upper.check.report.Matrix;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The matrices of docs/lessons.md and docs/models.md say what is so. Each lesson is graded with the
 * cases of the table; what the models do, {@code RealServerCasesTest} finds.
 */
@Tag("one-jdk")
class DocumentedMatrixTest {
  private static final Path LESSONS = Path.of("docs/lessons.md");
  private static final Path MODELS = Path.of("docs/models.md");
  private static final Duration LONG_PATIENCE = Duration.ofSeconds(30);
  private static final int JAVA_WITH_VIRTUAL_THREADS = 21;
  private static final String VARIES = "~";
  private static final Map<String, String> SIGNS =
      Map.of("pass", ".", "fail", "F", "weak", "W", "skipped", "-");

  private static final Set<String> FAILURES = Set.of("F", "W");
  private static final boolean FULL = "full".equals(System.getProperty("test.matrix"));

  private static final String CLASS_PATH = "java.class.path";
  private static final String OF_THIS_JVM = System.getProperty(CLASS_PATH);

  @TempDir static Path directory;

  /** The lessons that start themselves again cannot read a long command line of their own. */
  @BeforeAll
  static void shortenTheClassPath() throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest
        .getMainAttributes()
        .put(
            Attributes.Name.CLASS_PATH,
            Stream.of(OF_THIS_JVM.split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" ")));
    Path jar = directory.resolve("classes.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    System.setProperty(CLASS_PATH, jar.toString());
  }

  @AfterAll
  static void restoreTheClassPath() {
    System.setProperty(CLASS_PATH, OF_THIS_JVM);
  }

  static Stream<String> lessons() {
    return MatrixServer.named("lesson:all").map(MatrixServer::word);
  }

  @ParameterizedTest
  @CsvSource({"docs/lessons.md, lesson:all", "docs/models.md, model:all"})
  void theTablesHaveAllServersAndCountAllCases(Path document, String servers) throws Exception {
    MatrixTable table = MatrixTable.of(document);
    Map<String, List<MatrixServer>> graded =
        MatrixServer.named(servers).collect(Collectors.groupingBy(MatrixServer::protocol));
    graded.forEach(
        (protocol, all) -> {
          assertEquals(
              cases(protocol).size(),
              table.size(protocol, cases(protocol)),
              document + " " + protocol);
          Set<String> missing =
              all.stream().map(MatrixServer::name).collect(Collectors.toCollection(TreeSet::new));
          missing.removeAll(table.columns().keySet());
          assertEquals(Set.of(), missing, document + " " + protocol);
        });
    assertEquals(graded.keySet(), table.others().keySet());
    assertEquals(MatrixServer.named(servers).count(), table.columns().size());
  }

  private static List<CheckCase> cases(String protocol) {
    return Cases.of(protocol).stream().filter(check -> check.level() != Level.ABUSE).toList();
  }

  @Test
  void theModelsPassAll() throws Exception {
    MatrixTable.of(MODELS)
        .columns()
        .forEach(
            (model, column) ->
                assertTrue(Set.of(".", VARIES).containsAll(column.values()), model + column));
  }

  @ParameterizedTest
  @MethodSource("lessons")
  @Tag("slow")
  void aLessonDoesWhatItsColumnSays(String word) throws Exception {
    boolean virtual = Runtime.version().feature() >= JAVA_WITH_VIRTUAL_THREADS;
    assumeTrue(virtual || !word.equals("lesson:vertx-streams"), "needs Java 21");
    MatrixServer server = MatrixServer.named(word).findFirst().orElseThrow();
    Map<String, String> expected =
        new TreeMap<>(MatrixTable.of(LESSONS).columns().get(server.name()));
    // What it passes takes most of the time: with .ci/run --long.
    expected.values().removeIf(FULL ? VARIES::equals : sign -> !FAILURES.contains(sign));
    // Those that it is an example of.
    cases(server.protocol()).stream()
        .filter(check -> check.lesson().equals(server.name()))
        .filter(check -> FULL || !check.id().startsWith("tcp/life/"))
        .forEach(check -> expected.putIfAbsent(check.id(), "."));
    assumeFalse(expected.isEmpty(), "it fails nothing");
    Map<String, String> found = found(server, expected, Grader.Settings.PATIENCE);
    if (!found.equals(expected)) {
      // A busy machine.
      found = found(server, expected, LONG_PATIENCE);
    }
    assertEquals(expected, found);
  }

  private static Map<String, String> found(
      MatrixServer server, Map<String, String> expected, Duration patience) throws Exception {
    Predicate<String> selected = expected::containsKey;
    Grader.Settings settings = new Grader.Settings(42, Level.ROBUST, true, selected, patience);
    List<Matrix> matrices = new CheckMatrix().grade(List.of(server), settings, new Interruption());
    Matrix.Column column = matrices.get(0).columns().get(0);
    assertTrue(column.started(), column.problem());
    Report report = column.report();
    assertFalse(report.verdicts().isEmpty());
    return report.verdicts().stream()
        .filter(verdict -> selected.test(verdict.check().id()))
        .collect(
            Collectors.toMap(
                verdict -> verdict.check().id(),
                DocumentedMatrixTest::sign,
                (one, other) -> one,
                TreeMap::new));
  }

  private static String sign(Verdict verdict) {
    return SIGNS.get(verdict.outcome().word());
  }
}
