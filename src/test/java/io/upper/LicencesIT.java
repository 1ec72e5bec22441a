package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The licences of the program and of all libraries in it. */
class LicencesIT {
  private static final Path PROGRAM = Path.of("target/upper.jar");
  private static final String DIRECTORY = "META-INF/licenses/";
  private static JarFile jar;

  private static final Set<String> IN_HAZELCAST =
      Set.of(
          "com.hazelcast:hazelcast-tpc-engine",
          "com.fasterxml.jackson.jr:jackson-jr-annotation-support",
          "com.fasterxml.jackson.jr:jackson-jr-objects",
          "com.github.erosb:everit-json-schema",
          "com.zaxxer:HikariCP",
          "io.github.classgraph:classgraph",
          "org.json:json",
          "org.snakeyaml:snakeyaml-engine");

  @BeforeAll
  static void open() throws IOException {
    jar = new JarFile(PROGRAM.toFile());
  }

  @AfterAll
  static void close() throws IOException {
    jar.close();
  }

  @Test
  void theProgramHasItsOwn() throws IOException {
    assertTrue(text("META-INF/LICENSE").contains("Apache License"));
    assertTrue(text("META-INF/NOTICE").startsWith("Upper\n"));
  }

  /** The jar has no classes of a library that the list lacks. */
  @Test
  void everyLibraryIsListed() throws Exception {
    Set<String> listed = listed().stream().map(Library::coordinates).collect(Collectors.toSet());
    // Maven writes its coordinates into almost every jar.
    Set<String> inside =
        jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> name.matches("META-INF/maven/[^/]+/[^/]+/pom\\.xml"))
            .map(name -> name.split("/")[2] + ":" + name.split("/")[3])
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(inside.remove("io.upper:upper"));
    // Netty's own jar contains it, relocated; Apache-2.0 like Netty.
    inside.removeIf(name -> name.startsWith("org.jctools:"));
    // Hazelcast's own jar contains these: Apache-2.0, public domain (org.json) and MIT
    // (ClassGraph).
    inside.removeAll(IN_HAZELCAST);
    assertTrue(text("LICENSE-ClassGraph.txt").contains("MIT License"));
    assertTrue(inside.size() > 30, inside::toString);
    inside.removeAll(listed);
    assertEquals(Set.of(), inside);
  }

  /** The text of Apache-2.0 is the program's own. */
  @Test
  void theLicenceOfEveryLibraryIsInTheJar() throws Exception {
    Set<String> directories =
        jar.stream()
            .map(entry -> entry.getName())
            .filter(name -> name.startsWith(DIRECTORY) && !name.endsWith("/"))
            .map(name -> name.substring(DIRECTORY.length()).replaceFirst("/.*", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    for (Library library : listed()) {
      String name = library.coordinates.split(":")[1];
      assertTrue(
          library.licences.contains("Apache-2.0")
              || directories.stream().anyMatch(name::startsWith),
          () -> library + " has none in " + directories);
    }
    assertTrue(directories.containsAll(List.of("slf4j-api", "jackson-core", "logback")));
    assertTrue(text(DIRECTORY + "jackson-core/META-INF/NOTICE").contains("Jackson"));
  }

  private record Library(String coordinates, String licences) {}

  private static List<Library> listed() throws Exception {
    UpperProcess.Ended version = UpperProcess.ofJar(PROGRAM).run("--version", "-v");
    assertEquals("", version.err());
    List<String> lines = version.out().lines().toList();
    assertTrue(lines.get(0).matches("upper \\d+\\.\\d+\\.\\d+.*"), lines.get(0));
    assertEquals("licence: Apache-2.0", lines.get(1));
    List<Library> libraries =
        lines.stream()
            .skip(3)
            .map(line -> line.strip().split(" +", 3))
            .map(words -> new Library(words[0], words[2]))
            .toList();
    assertTrue(libraries.size() > 40, version.out());
    return libraries;
  }

  private static String text(String entry) throws IOException {
    return new String(
        jar.getInputStream(jar.getEntry(entry)).readAllBytes(), StandardCharsets.UTF_8);
  }
}
