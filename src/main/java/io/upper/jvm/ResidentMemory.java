package io.upper.jvm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The memory of a process that is in RAM, of which the Java heap is a part only: Netty's buffers
 * are outside of it.
 */
public final class ResidentMemory {
  private static final String RESIDENT = "VmRSS:";
  private static final String SHARE = "Pss:";

  private ResidentMemory() {}

  /** In bytes; empty where there is no {@code /proc} (Linux), and when the process has ended. */
  public static OptionalLong of(long pid) {
    return field(Path.of("/proc/" + pid, "status"), RESIDENT);
  }

  /**
   * In bytes, of pages that processes share its part only: exact for a tree of processes, and some
   * hundred times as expensive. Empty where the system does not say.
   */
  public static OptionalLong shareOf(long pid) {
    return field(Path.of("/proc/" + pid, "smaps_rollup"), SHARE);
  }

  private static OptionalLong field(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }
}
