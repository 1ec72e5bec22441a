package io.upper.config;

import io.upper.jvm.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Notices that files hold something else than before. Their content counts, not their times: so it
 * does not matter whether they are written over, moved into place or linked elsewhere. Only regular
 * files are read: a pipe would block, and lose what is read. Thread-safe.
 */
public final class FileWatch {
  // What they held when a change was last told, and at the last look; a file without content is one
  // that cannot be read.
  private byte[][] known;
  private byte[][] last;

  /**
   * Looks at the files; blocks.
   *
   * @return whether they hold something new, and did so at the last look, too: while they are being
   *     written or replaced one after the other, nothing is told
   */
  public synchronized boolean changed(List<Path> files) {
    byte[][] now = files.stream().map(FileWatch::content).toArray(byte[][]::new);
    boolean still = Arrays.deepEquals(now, last);
    last = now;
    if (!still || Arrays.deepEquals(now, known)) {
      return false;
    }
    known = now;
    return true;
  }

  /** Takes what the files hold now for known; blocks. */
  public synchronized FileWatch know(List<Path> files) {
    known = files.stream().map(FileWatch::content).toArray(byte[][]::new);
    last = known;
    return this;
  }

  /** Forgets what is known: whatever the files hold is told as a change. */
  synchronized void forget() {
    known = null;
    last = null;
  }

  private static byte[] content(Path file) {
    try {
      return Files.isRegularFile(file) ? FileContent.read(file) : null;
    } catch (IOException e) {
      return null;
    }
  }
}
