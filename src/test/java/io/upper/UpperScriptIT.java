package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.jvm.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The script {@code upper}, and the class archive that it creates at its first start. */
class UpperScriptIT {
  private static final long PATIENCE_SECONDS = 300;
  private static final String VERSION = "upper \\d+\\.\\d+\\.\\d+.*\n";

  // Java 25 has another kind of archive, and another way to insist on it.
  private static final String ONLY_WITH_ARCHIVE =
      Runtime.version().feature() >= 25 ? "-XX:AOTMode=on" : "-Xshare:on";

  @TempDir Path home;

  @BeforeEach
  void copyTheProgram() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no sh");
    Files.copy(Path.of("upper"), home.resolve("upper"));
    home.resolve("upper").toFile().setExecutable(true);
    Files.createDirectory(home.resolve("target"));
    Files.copy(Path.of("target/upper.jar"), home.resolve("target/upper.jar"));
    // The archive is made at the lowest priority: on a busy machine, when there is time, perhaps
    // never.
    Path nice = Files.createDirectory(home.resolve("bin")).resolve("nice");
    Files.writeString(nice, "#!/bin/sh\n[ \"$1 $2\" = '-n 19' ] && shift 2 && exec \"$@\"\n");
    nice.toFile().setExecutable(true);
  }

  @Test
  void theFirstStartCreatesAnArchiveForLaterOnes() throws Exception {
    // The user's options must not reach the rehearsal, which would fail with them.
    run(
        Map.of("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC", "UPPER_TCP_PORT", "none"),
        "./upper",
        "--version");
    Path archive = awaitArchive();
    assertTrue(Files.size(archive) > 0, "no archive could be made");
    // Fails where the archive cannot be used.
    assertVersion(run("", ONLY_WITH_ARCHIVE));
    assertVersion(run("", "-XX:+UseG1GC"));
    // It also fits a class path that extends the jar.
    Map<String, String> more = Map.of("UPPER_CLASSPATH", ".", "JAVA_OPTS", ONLY_WITH_ARCHIVE);
    assertVersion(run(more, "./upper", "--version"));

    archive.toFile().setWritable(true);
    Files.writeString(archive, "broken");
    assertVersion(run("", ""));
    Files.write(archive, new byte[0]);
    assertVersion(run("", ""));
  }

  @Test
  void withoutAnArchiveItStartsAllTheSame() throws Exception {
    assertVersion(run("no", ""));
    assertEquals(Optional.empty(), archive());
    assertEquals(List.of("upper.jar"), names());
  }

  /** Java refuses two collectors, wherever the options come from. */
  @ParameterizedTest
  @CsvSource({
    "JAVA_OPTS, '-Xmx64m\t-XX:+UseParallelGC'",
    "JAVA_OPTS, @options",
    "JAVA_OPTS, -XX:Flags=flags",
    "JAVA_TOOL_OPTIONS, -XX:+UseG1GC",
    "JDK_JAVA_OPTIONS, '\"-XX:+UseG1GC\" -Xmx64m'",
    "JDK_JAVA_OPTIONS, @options"
  })
  void theUsersCollectorIsTheOnlyOne(String variable, String value) throws Exception {
    Files.writeString(home.resolve("options"), "-XX:+UseG1GC\n-Xmx64m\n");
    Files.writeString(home.resolve("flags"), "+UseG1GC\n");
    String output = run(Map.of("CLASS_ARCHIVE", "no", variable, value), "./upper", "--version");
    assertTrue(output.lines().anyMatch(line -> line.matches(VERSION.strip())), output);
  }

  /**
   * As with asdf and mise, java on the path is a script outside its JDK. Also, an archive that
   * could not be created hours ago is tried again.
   */
  @Tag("slow")
  @Test
  void javaBehindAShimHasItsArchiveAndOptions() throws Exception {
    Path archive =
        home.resolve("target/upper-" + System.getProperty("java.runtime.version") + ".jsa");
    Files.createFile(archive);
    setAge(home.resolve("target/upper.jar"), Duration.ofHours(3));
    setAge(archive, Duration.ofHours(2));
    Path shims = Files.createDirectory(home.resolve("shims"));
    Path shim = shims.resolve("java");
    String java = System.getProperty("java.home") + "/bin/java";
    Files.writeString(shim, "#!/bin/sh\nexec '" + java + "' \"$@\"\n");
    shim.toFile().setExecutable(true);
    Map<String, String> environment =
        new HashMap<>(Map.of("PATH", shims + ":" + System.getenv("PATH"), "JAVA_HOME", ""));
    assertVersion(run(environment, "./upper", "--version"));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (Files.size(archive) == 0) {
      assertTrue(System.nanoTime() < deadline, "still empty");
      Thread.sleep(50);
    }
    environment.put("JAVA_OPTS", ONLY_WITH_ARCHIVE);
    assertVersion(run(environment, "./upper", "--version"));
  }

  private static void setAge(Path file, Duration age) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
  }

  /** The script as bytes, since this JVM may be unable to pass an accent. */
  @Test
  void accentsInPathsAndArgumentsDoNotNeedALocale() throws Exception {
    Files.writeString(
        home.resolve("run"),
        """
        mkdir ñandú
        ln -s "$PWD/target" ñandú/target
        cp upper ñandú/upper
        cd ñandú
        ./upper -conf café.json; echo $?
        """);
    String output = run(Map.of("CLASS_ARCHIVE", "no", "LC_ALL", "C"), "sh", "run");
    assertEquals("café.json: there is no such file, or it cannot be read\n2\n", output);
  }

  private static void assertVersion(String output) {
    assertTrue(output.matches(VERSION), output);
  }

  /** Standard output and error of {@code upper --version}. */
  private String run(String archive, String javaOptions) throws Exception {
    return run(Map.of("CLASS_ARCHIVE", archive, "JAVA_OPTS", javaOptions), "./upper", "--version");
  }

  /** Standard output and error of a command. */
  private String run(Map<String, String> environment, String... command) throws Exception {
    ProcessBuilder script = ChildJvm.process(List.of(command)).directory(home.toFile());
    script.redirectErrorStream(true);
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    script.environment().putAll(environment);
    script.environment().merge("PATH", home.resolve("bin") + ":", (path, first) -> first + path);
    Process process = script.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /** It is created in the background; once it exists, it is complete. */
  private Path awaitArchive() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      // An unfinished archive has another name.
      if (archive().isPresent() && names().stream().noneMatch(n -> n.matches(".*\\.jsa\\.\\d.*"))) {
        return archive().get();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no archive in " + names());
  }

  private Optional<Path> archive() throws IOException {
    return names().stream()
        .filter(name -> name.endsWith(".jsa"))
        .map(name -> home.resolve("target").resolve(name))
        .findFirst();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(home.resolve("target"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
