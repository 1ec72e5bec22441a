package io.upper.jvm;

import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Temporary files, and the one line that helps where none can be made. What can do without them
 * does: a process that is killed leaves no directory behind, and a read-only system is no obstacle.
 */
public final class TemporaryFiles {
  private static final String DIRECTORY = "java.io.tmpdir";
  private static final String LIBRARIES = "io.netty.native.workdir";
  private static final String CACHE = "vertx.cacheDirBase";

  private TemporaryFiles() {}

  /** Has a Vert.x make no cache for files of the class path, which it then does not find. */
  public static VertxOptions withoutCache(VertxOptions options) {
    return options.setFileSystemOptions(
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false));
  }

  /**
   * Checks that a Vert.x can make its cache; {@code upper run} needs it, for verticles of others.
   *
   * @throws IOException naming the directory and the option for another one
   */
  public static void requireCache() throws IOException {
    Path directory = Path.of(System.getProperty(CACHE, System.getProperty(DIRECTORY)));
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new IOException(
          directory + ": Vert.x's file cache cannot be made here; " + otherDirectory(CACHE));
    }
  }

  /**
   * Makes a temporary directory.
   *
   * @throws IOException naming the directory in which it cannot be made, and the option for another
   */
  public static Path createDirectory(String prefix) throws IOException {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new IOException(
          System.getProperty(DIRECTORY)
              + ": no temporary directory can be made here; "
              + otherDirectory(DIRECTORY),
          e);
    }
  }

  /** In a line, why a native library could not be loaded, and what to do. */
  public static String whyNotLoaded(Throwable cause) {
    Path directory = Path.of(System.getProperty(LIBRARIES, System.getProperty(DIRECTORY)));
    if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
      return directory + " is not a writable directory; " + otherDirectory(LIBRARIES);
    }
    Throwable root = cause;
    boolean inDirectory = false;
    for (Throwable next = cause; next != null; next = next.getCause()) {
      root = next;
      inDirectory |= String.valueOf(next.getMessage()).contains(directory.toString());
    }
    String reason = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    return inDirectory
        ? reason.replaceFirst("^.*: ", "")
            + " ("
            + directory
            + " may be mounted noexec; "
            + otherDirectory(LIBRARIES)
            + ")"
        : reason;
  }

  private static String otherDirectory(String option) {
    return "name another directory with -D" + option + "=DIRECTORY";
  }
}
