package io.upper;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes under test for child JVMs, and an archive of preloaded ones: it saves a third of the
 * CPU time of a start, and the tests start hundreds. Made once per JVM, deleted at its end.
 */
final class ChildClassPath {
  private static final ChildClassPath MADE = make();

  private final String classPath;
  private final List<String> options;

  private ChildClassPath(String classPath, List<String> options) {
    this.classPath = classPath;
    this.options = options;
  }

  /** The class path of the tests, in its order. */
  static String ofThisJvm() {
    String classPath = System.getProperty("java.class.path");
    return System.getProperty("surefire.test.class.path", classPath);
  }

  static String classPath() {
    return MADE.classPath;
  }

  /** Options for a class path that begins with {@link #classPath}. */
  static List<String> options() {
    return MADE.options;
  }

  private static ChildClassPath make() {
    try {
      // Java archives no class of a directory: the program's are packed, those of the tests come
      // last, since the archive is for what precedes them.
      Path directory = deletedAtExit(Files.createTempDirectory("upper-test-classes").toRealPath());
      Path jar = deletedAtExit(directory.resolve("upper.jar"));
      List<String> jars = new ArrayList<>(List.of(jar.toString()));
      List<String> directories = new ArrayList<>();
      for (String entry : ofThisJvm().split(File.pathSeparator)) {
        Path path = Path.of(entry);
        if (Files.exists(path.resolve("io/upper/Main.class"))) {
          pack(path, jar);
        } else if (Files.isDirectory(path)) {
          directories.add(path.toAbsolutePath().toString());
        } else if (Files.exists(path)) {
          jars.add(path.toAbsolutePath().toString());
        }
      }
      Path archive = deletedAtExit(directory.resolve("upper.jsa"));
      rehearse(jars, archive);
      List<String> all = Stream.concat(jars.stream(), directories.stream()).toList();
      return new ChildClassPath(
          String.join(File.pathSeparator, all),
          // Java 25 reports on standard output that it cannot use all of an archive.
          Files.exists(archive)
              ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off")
              : List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path deletedAtExit(Path path) {
    path.toFile().deleteOnExit();
    return path;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(classes)) {
      out.setLevel(0);
      for (Path file : files.filter(Files::isRegularFile).collect(Collectors.toList())) {
        String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
        out.putNextEntry(new JarEntry(name));
        Files.copy(file, out);
      }
    }
  }

  /** Without an archive the tests are only slower. */
  private static void rehearse(List<String> jars, Path archive) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(UpperProcess.QUICK_START);
    command.add("-XX:ArchiveClassesAtExit=" + archive);
    command.addAll(List.of("-cp", String.join(File.pathSeparator, jars)));
    command.addAll(List.of("io.upper.Main", "rehearse"));
    Process rehearsal =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!rehearsal.waitFor(2, TimeUnit.MINUTES)) {
        rehearsal.destroyForcibly().waitFor();
        Files.deleteIfExists(archive);
      }
    } catch (InterruptedException e) {
      rehearsal.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
