package io.upper.jvm;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Temporary files, and messages of one line that say what to do where none can be created. What can
 * work without them does: then a killed process leaves no directory behind, and the file system may
 * be read-only.
 */
public final class TemporaryFiles {
  private static final String DIRECTORY = "java.io.tmpdir";
  private static final String LIBRARIES = "io.netty.native.workdir";
  private static final String CACHE = "vertx.cacheDirBase";

  private static final Duration TOOL_PATIENCE = Duration.ofSeconds(30);

  private TemporaryFiles() {}

  /** Disables Vert.x's file cache; Vert.x then does not resolve files on the class path. */
  public static VertxOptions withoutCache(VertxOptions options) {
    return options.setFileSystemOptions(
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false));
  }

  /**
   * A Vert.x for a tool: without that cache, with the native transport where it can be loaded. On a
   * busy machine it does not warn of its event loops: they block nothing, but get no processor.
   */
  public static Vertx vertx(int eventLoops) {
    return Vertx.vertx(
        withoutCache(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(eventLoops)
                .setMaxEventLoopExecuteTime(TOOL_PATIENCE.toNanos())));
  }

  /**
   * Checks that Vert.x can create its file cache, which {@code upper run} needs for other people's
   * verticles.
   *
   * @throws IOException naming the directory and the option that changes it
   */
  public static void requireCache() throws IOException {
    Path directory = directory(CACHE);
    if (!isUsable(directory)) {
      throw new IOException(
          directory + ": cannot create Vert.x's file cache here; " + otherDirectory(CACHE));
    }
  }

  /**
   * Creates a temporary directory.
   *
   * @throws IOException naming the parent directory and the option that changes it
   */
  public static Path createDirectory(String prefix) throws IOException {
    try {
      return Files.createTempDirectory(prefix);
    } catch (IOException e) {
      throw new IOException(
          System.getProperty(DIRECTORY)
              + ": cannot create a temporary directory here; "
              + otherDirectory(DIRECTORY),
          e);
    }
  }

  /** Deletes a directory with all that is in it, as far as that can be done. */
  public static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // Ignored: the directory is only temporary.
    }
  }

  /** Why a native library could not be loaded and what to do, in one line. */
  public static String whyNotLoaded(Throwable cause) {
    Path directory = directory(LIBRARIES);
    if (!isUsable(directory)) {
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

  /** The loader tries several names; the last failure carries the others as suppressed. */
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

  private static Path directory(String option) {
    return Path.of(System.getProperty(option, System.getProperty(DIRECTORY)));
  }

  private static boolean isUsable(Path directory) {
    return Files.isDirectory(directory) && Files.isWritable(directory);
  }

  private static String otherDirectory(String option) {
    return "choose another directory with -D" + option + "=DIRECTORY";
  }
}
