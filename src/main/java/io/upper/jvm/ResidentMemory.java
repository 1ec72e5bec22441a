package io.upper.jvm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory of a process that is in RAM, of which the Java heap is a part only: Netty's buffers
 * are outside of it.
 */
public final class ResidentMemory {
  private static final String FIELD = "VmRSS:";

  private ResidentMemory() {}

  /** In bytes; empty where there is no {@code /proc} (Linux), and when the process has ended. */
  public static OptionalLong of(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid, "status"))) {
      return lines
          .filter(line -> line.startsWith(FIELD))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
