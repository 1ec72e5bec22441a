package io.upper.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running peer: its port, and its figures in Linux's /proc (proc(5)). */
final class PeerProcess implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("listening on .*:(\\d+)");
  private static final int RESIDENT_PAGES = 1;
  private static final int PAGE_BYTES = 4096;
  private static final int STOP_SECONDS = 10;

  final int port;
  private final Process process;
  private final Path proc;

  private PeerProcess(Process process, int port) {
    this.process = process;
    this.port = port;
    this.proc = Path.of("/proc", String.valueOf(process.pid()));
  }

  /** Starts the peer; returns when it listens. */
  static PeerProcess start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    BufferedReader output = process.inputReader();
    StringBuilder said = new StringBuilder();
    String line;
    while ((line = output.readLine()) != null) {
      said.append(line).append('\n');
      Matcher listening = LISTENING.matcher(line);
      if (listening.find()) {
        drain(output);
        return new PeerProcess(process, Integer.parseInt(listening.group(1)));
      }
    }
    throw new IOException("did not start: " + String.join(" ", command) + "\n" + said);
  }

  /** Shows later output to the user: a peer without errors prints nothing. */
  private static void drain(BufferedReader output) {
    Thread reader = new Thread(() -> output.lines().forEach(System.err::println), "output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Processor time of each living thread so far, in user and kernel mode, in nanoseconds: the
   * process's own figure counts 10 ms at a time. With the threads of its child processes.
   */
  Map<String, Long> cpuNanos() {
    Map<String, Long> nanos = new HashMap<>();
    Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .forEach(one -> addCpuNanos(Path.of("/proc", String.valueOf(one.pid()), "task"), nanos));
    return nanos;
  }

  private static void addCpuNanos(Path threads, Map<String, Long> nanos) {
    String[] ids = threads.toFile().list();
    for (String thread : ids == null ? new String[0] : ids) {
      try {
        String stat = Files.readString(threads.resolve(thread).resolve("schedstat"));
        nanos.put(thread, Long.parseLong(stat.substring(0, stat.indexOf(' '))));
      } catch (IOException e) {
        // It has just ended: one of the JIT compiler's, those of the server stay.
      }
    }
  }

  /** Processor time that the threads have used since. */
  long cpuNanosSince(Map<String, Long> before) {
    return cpuNanos().entrySet().stream()
        .mapToLong(now -> now.getValue() - before.getOrDefault(now.getKey(), 0L))
        .sum();
  }

  long residentBytes() {
    return Long.parseLong(read("statm").split(" ")[RESIDENT_PAGES]) * PAGE_BYTES;
  }

  private String read(String file) {
    try {
      return Files.readString(proc.resolve(file)).trim();
    } catch (IOException e) {
      throw new UncheckedIOException("the server has ended", e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
