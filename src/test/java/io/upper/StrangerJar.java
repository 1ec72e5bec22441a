package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** A jar of another project, compiled against the classes under test. */
public final class StrangerJar {
  private final Path classes;

  /**
   * Compiles a public class of the package {@code stranger}.
   *
   * @param directory where to create an empty one
   */
  public StrangerJar(Path directory, String name, String source) throws IOException {
    classes = Files.createDirectories(directory.resolve(name));
    Path file = Files.createDirectory(classes.resolve("stranger")).resolve(name + ".java");
    Files.writeString(file, source);
    String[] arguments = {"-proc:none", "-cp", System.getProperty("java.class.path"), "" + file};
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
  }

  /** A file of the package, to be changed or deleted. */
  public Path file(String name) {
    return classes.resolve("stranger").resolve(name);
  }

  /** Packs the files, and registers classes for a type. */
  public Path pack(Path jar, String type, List<String> registered) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> files = Files.list(classes.resolve("stranger"))) {
      out.putNextEntry(new JarEntry("META-INF/services/" + type));
      out.write(String.join("\n", registered).getBytes(StandardCharsets.UTF_8));
      for (Path one : files.toList()) {
        out.putNextEntry(new JarEntry("stranger/" + one.getFileName()));
        out.write(Files.readAllBytes(one));
      }
    }
    return jar;
  }
}
