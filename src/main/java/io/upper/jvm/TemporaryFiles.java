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
    String there = reasonNaming(directory.toString(), cause);
    if (there != null) {
      String reason = there.lines().findFirst().orElse("").replaceFirst("^.*: ", "");
      return reason
          + " ("
          + directory
          + " may be mounted noexec; "
          + otherDirectory(LIBRARIES)
          + ")";
    }
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }

  /** The loader tries several names; what it met with each is suppressed in the last failure. */
  private static String reasonNaming(String directory, Throwable failure) {
    if (failure == null) {
      return null;
    }
    String message = failure.getMessage();
    if (message != null && message.contains(directory)) {
      return message;
    }
    String found = reasonNaming(directory, failure.getCause());
    for (Throwable suppressed : failure.getSuppressed()) {
      found = found == null ? reasonNaming(directory, suppressed) : found;
    }
    return found;
  }

  private static String otherDirectory(String option) {
    return "name another directory with -D" + option + "=DIRECTORY";
  }
}
