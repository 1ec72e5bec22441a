package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script {@code upper}, and the archive of classes that it makes at its first start. */
class UpperScriptIT {
  private static final long PATIENCE_SECONDS = 120;
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
  }

  @Test
  void theFirstStartMakesAnArchiveThatLaterOnesUse() throws Exception {
    assertVersion(run("", ""));
    Path archive = awaitArchive();
    assertTrue(Files.size(archive) > 0, "no archive could be made");
    // Fails where the archive cannot be used.
    assertVersion(run("", ONLY_WITH_ARCHIVE));
    assertVersion(run("", "-XX:+UseG1GC"));

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

  private static void assertVersion(String output) {
    assertTrue(output.matches(VERSION), output);
  }

  /** Standard output and error of {@code upper --version}. */
  private String run(String archive, String javaOptions) throws Exception {
    ProcessBuilder script = new ProcessBuilder("./upper", "--version").directory(home.toFile());
    script.redirectErrorStream(true);
    script.environment().put("JAVA_HOME", System.getProperty("java.home"));
    script.environment().put("CLASS_ARCHIVE", archive);
    script.environment().put("JAVA_OPTS", javaOptions);
    Process process = script.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue(), output);
    return output;
  }

  /** It is made in the background; when it is there, it is whole. */
  private Path awaitArchive() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < deadline) {
      // What is under way ends with another name.
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
