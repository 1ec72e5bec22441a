package io.upper;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The classes under test for child JVMs, and an archive of preloaded ones: it saves a third of the
 * CPU time of a start, and the tests start hundreds.
 */
public final class ChildClassPath {
  private static final String JAR = "upper.jar";
  private static final String ARCHIVE = "upper.jsa";

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

  public static String classPath() {
    return MADE.classPath;
  }

  /** Runs a class of the program, or of the tests, with what saves CPU time in a JVM of seconds. */
  public static List<String> command(String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(UpperProcess.QUICK_START);
    command.addAll(options());
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /** Options for a class path that begins with {@link #classPath}. */
  public static List<String> options() {
    return MADE.options;
  }

  private static ChildClassPath make() {
    try {
      // Java archives no class of a directory: the program's are packed, those of the tests come
      // last, since the archive is for what precedes them.
      Path classes = null;
      List<String> jars = new ArrayList<>();
      List<String> directories = new ArrayList<>();
      for (String entry : ofThisJvm().split(File.pathSeparator)) {
        Path path = Path.of(entry);
        if (Files.exists(path.resolve("io/upper/Main.class"))) {
          classes = path;
        } else if (Files.isDirectory(path)) {
          directories.add(path.toAbsolutePath().toString());
        } else if (Files.exists(path)) {
          jars.add(path.toAbsolutePath().toString());
        }
      }
      Path unpacked = Objects.requireNonNull(classes, "not for the integration tests");
      Path made = SharedFiles.of("classes", directory -> make(directory, unpacked, jars));
      jars.add(0, made.resolve(JAR).toString());
      Path archive = made.resolve(ARCHIVE);
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

  private static void make(Path directory, Path classes, List<String> libraries)
      throws IOException {
    Path jar = directory.resolve(JAR);
    pack(classes, jar);
    List<String> jars = new ArrayList<>(libraries);
    jars.add(0, jar.toString());
    rehearse(jars, directory.resolve(ARCHIVE));
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
