package io.upper.jvm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads small files, never by their size: a pipe has none. */
public final class FileContent {
  /** A configuration or certificate that is larger is none. */
  private static final int MAX_BYTES = 16 << 20;

  private FileContent() {}

  /**
   * Reads to the end, which blocks while a pipe has a writer.
   *
   * @throws IOException also when it is larger than 16 MiB
   */
  public static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new IOException("more than " + (MAX_BYTES >> 20) + " MiB");
      }
      return content;
    }
  }
}
