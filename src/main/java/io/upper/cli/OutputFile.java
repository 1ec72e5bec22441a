package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file of a report, given by an option. It is opened before the run, so that the run is not in
 * vain; an existing file keeps its contents until the report is written.
 */
final class OutputFile implements AutoCloseable {
  private final String option;
  private final Path path;
  // Null if the file did not exist.
  private final FileChannel channel;

  private OutputFile(String option, Path path, FileChannel channel) {
    this.option = option;
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a file for writing. A new file is created and deleted again, so that nothing is left
   * behind if the run fails.
   *
   * @param path or null; then {@link #write} does nothing
   * @throws ConfigurationException naming option and path, if the file cannot be written
   */
  static OutputFile open(String option, Path path) {
    if (path == null) {
      return new OutputFile(option, null, null);
    }
    boolean made = Files.notExists(path);
    try {
      FileChannel channel = toWrite(path);
      if (!made) {
        return new OutputFile(option, path, channel);
      }
      channel.close();
      Files.delete(path);
      return new OutputFile(option, path, null);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(option + ": there is no directory for " + path);
    } catch (IOException e) {
      throw new ConfigurationException(
          option + ": " + path + " cannot be written: " + reason(e, path));
    }
  }

  private static FileChannel toWrite(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static String reason(IOException failure, Path path) {
    if (Files.isDirectory(path)) {
      return "it is a directory";
    }
    String reason =
        failure instanceof FileSystemException system ? system.getReason() : failure.getMessage();
    return reason == null ? "permission denied" : reason;
  }

  /** Writes the contents of a file. */
  interface Content {
    void to(OutputStream out) throws IOException;
  }

  /** Replaces the contents of the file by a text. */
  void write(String text) throws IOException {
    write(out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Replaces the contents of the file, through a buffer. */
  void write(Content content) throws IOException {
    if (path == null) {
      return;
    }
    try (FileChannel file = channel == null ? toWrite(path) : channel) {
      if (Files.isRegularFile(path)) {
        file.truncate(0);
      }
      OutputStream out = new BufferedOutputStream(Channels.newOutputStream(file));
      content.to(out);
      out.flush();
    } catch (IOException e) {
      throw new IOException(option + ": " + path + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
