package io.upper.check.course;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * Sends signals by a shell that waits for them: when they are needed, no other process may be
 * startable any more. Where there is no {@code sh}, nothing is sent. Used by one thread.
 */
final class Signals implements AutoCloseable {
  private static final String KILL = "while read -r arguments; do kill $arguments; done";

  // Null where there is none.
  private final Process shell;

  Signals() {
    shell = start();
  }

  private static Process start() {
    try {
      return new ProcessBuilder("sh", "-c", KILL)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * Sends one; does not wait until it is sent.
   *
   * @param name such as STOP
   * @param pids of processes; a negative one is a process group
   */
  void send(String name, Collection<Long> pids) {
    if (shell == null) {
      return;
    }
    String all = pids.stream().map(String::valueOf).collect(Collectors.joining(" "));
    try {
      OutputStream input = shell.getOutputStream();
      input.write(("-s " + name + " -- " + all + "\n").getBytes(StandardCharsets.US_ASCII));
      input.flush();
    } catch (IOException e) {
      // The shell was killed; others are killed without it.
    }
  }

  /** The shell sends what it has, and ends. */
  @Override
  public void close() {
    if (shell != null) {
      try {
        shell.getOutputStream().close();
      } catch (IOException e) {
        // It has ended.
      }
    }
  }
}
