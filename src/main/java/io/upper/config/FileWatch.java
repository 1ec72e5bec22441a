package io.upper.config;

import io.upper.jvm.FileContent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Detects changed files by their content, not their times, so it does not matter whether they are
 * overwritten, moved into place or symbolic links. Only regular files are read: a pipe would block,
 * and lose its data. Thread-safe.
 */
public final class FileWatch {
  // The contents last reported, and those of the last poll; null for a file that cannot be read.
  private byte[][] baseline;
  private byte[][] last;

  /**
   * Polls the files; blocks.
   *
   * @return whether the contents are new and the same as at the last poll, so that files still
   *     being written or replaced one by one are not reported
   */
  public synchronized boolean changed(List<Path> files) {
    byte[][] now = files.stream().map(FileWatch::content).toArray(byte[][]::new);
    boolean stable = Arrays.deepEquals(now, last);
    last = now;
    if (!stable || Arrays.deepEquals(now, baseline)) {
      return false;
    }
    baseline = now;
    return true;
  }

  /** Records the current contents as the baseline; blocks. */
  public synchronized FileWatch recordBaseline(List<Path> files) {
    baseline = files.stream().map(FileWatch::content).toArray(byte[][]::new);
    last = baseline;
    return this;
  }

  /** Forgets the baseline, so that any contents count as a change. */
  synchronized void forget() {
    baseline = null;
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
