package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.jvm.TemporaryFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Files that the test JVMs of one build share: the first one that needs them makes them, under
 * target/. A JVM that no build has started makes its own, and deletes them at its end.
 */
final class SharedFiles {
  // Set in the pom: the time at which the build has started.
  private static final String BUILD = System.getProperty("test.build");
  private static final Path PARENT = Path.of("target", "test-shared").toAbsolutePath();

  /** Makes the files. */
  interface Maker {
    void make(Path directory) throws IOException;
  }

  private SharedFiles() {}

  /** A directory with the files; waits while another JVM makes them. */
  static synchronized Path of(String name, Maker maker) throws IOException {
    if (BUILD == null) {
      Path own = Files.createTempDirectory("upper-test-" + name).toRealPath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> TemporaryFiles.delete(own)));
      maker.make(own);
      return own;
    }
    Files.createDirectories(PARENT);
    try (FileChannel channel =
            FileChannel.open(
                PARENT.resolve(name + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Path directory = PARENT.resolve(name);
      Path stamp = directory.resolve("build");
      if (Files.notExists(stamp) || !Files.readString(stamp, UTF_8).equals(BUILD)) {
        TemporaryFiles.delete(directory);
        maker.make(Files.createDirectory(directory));
        Files.writeString(stamp, BUILD, UTF_8);
      }
      return directory;
    }
  }
}
