package io.upper.prefork;

import io.upper.jvm.ChildJvm;
import io.upper.jvm.Daemon;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A server process as its supervisor sees it. It reads its configuration, and each later one, as a
 * line from its standard input, and exits at the end of that input, since then the supervisor is
 * gone. A {@link Printer} gets its output; every second it prints a heartbeat. Only {@link
 * #awaitEnd} waits for the process, so a hung one blocks nobody else.
 */
public final class ServerProcess {
  /**
   * Precedes the line of its ports (a JSON object by protocol), printed once it listens. A
   * supervisor that is itself a server process adds {@code pids}, those of its processes in order.
   * A job node prints it when a gateway gives it jobs.
   */
  public static final String READY = "\u0006ready ";

  /** The heartbeat. */
  public static final String ALIVE = "\u0006alive";

  /** Precedes a line of events for the live page, which is not printed. */
  public static final String LIVE = "\u0006live ";

  private static final long OUTPUT_MILLIS = 1000;

  /**
   * How a process ended.
   *
   * @param message one line, for the log
   * @param age time from its start to its end
   * @param killed whether the supervisor killed it for missing heartbeats
   */
  public record End(String message, int status, Duration age, boolean killed) {

    /** Whether its status is 1 (failed) or 2 (bad configuration), each of which it explains. */
    boolean hasPrintedWhy() {
      return status == 1 || status == 2;
    }
  }

  /** Receives the lines of a process; called on a separate thread for each of its two outputs. */
  @FunctionalInterface
  public interface Printer {
    /**
     * @param to this process's counterpart: standard output or standard error
     */
    void print(ServerProcess process, String line, PrintStream to);
  }

  private final int number;
  private final Process process;
  private final Consumer<JsonObject> listening;
  private final Printer printer;
  private volatile Consumer<String> live = events -> {};
  private final long startedNanos = System.nanoTime();
  private final AtomicInteger silence = new AtomicInteger();
  // Holds the newest configuration only: it supersedes the earlier ones.
  private final BlockingQueue<JsonObject> pendingConfig = new ArrayBlockingQueue<>(1);
  private volatile boolean killed;

  private final Thread out;
  private final Thread err;
  private final Thread in;

  private ServerProcess(
      int number, Process process, Consumer<JsonObject> listening, Printer printer) {
    this.number = number;
    this.process = process;
    this.listening = listening;
    this.printer = printer;
    this.out = start("output", () -> copyLines(process.getInputStream(), System.out));
    this.err = start("errors", () -> copyLines(process.getErrorStream(), System.err));
    this.in = start("input", this::writeConfigs);
  }

  /**
   * Starts a process, which then waits for its configuration.
   *
   * @param number its number among the processes, from 1
   * @param listening called with its ports by protocol when it listens
   * @param printer receives its output
   */
  public static ServerProcess start(
      int number, List<String> command, Consumer<JsonObject> listening, Printer printer)
      throws IOException {
    return new ServerProcess(number, ChildJvm.process(command).start(), listening, printer);
  }

  /** A {@link Printer} that prefixes the name of the process. */
  static void print(ServerProcess process, String line, PrintStream to) {
    // A JSON line of the access log is read by programs: no prefix.
    to.println(line.startsWith("{") ? line : process + ": " + line);
  }

  private Thread start(String name, Daemon.Work work) {
    return Daemon.start("upper-" + name + "-of-" + number, work);
  }

  /** Sets the receiver of its events for the live page, one line at a time. */
  void onLive(Consumer<String> receiver) {
    live = receiver;
  }

  /** Its number among the processes, from 1. */
  int number() {
    return number;
  }

  /** Sends the process a configuration, which replaces one that it has not read yet. */
  public synchronized void configure(JsonObject config) {
    pendingConfig.clear();
    pendingConfig.add(config);
  }

  /** Writes configurations to its input; blocks while the process does not read. */
  private void writeConfigs() {
    try {
      OutputStream input = process.getOutputStream();
      while (true) {
        input.write((pendingConfig.take().encode() + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
      }
    } catch (IOException | InterruptedException e) {
      // The process has ended; awaitEnd() reports it.
    }
  }

  private void copyLines(InputStream from, PrintStream to) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        silence.set(0);
        if (line.startsWith(LIVE)) {
          live.accept(line.substring(LIVE.length()));
          continue;
        }
        // A program may have printed something before, without a line end.
        int ready = line.indexOf(READY);
        int end = ready >= 0 ? ready : line.endsWith(ALIVE) ? line.length() - ALIVE.length() : -1;
        if (end != 0) {
          printer.print(this, end < 0 ? line : line.substring(0, end), to);
        }
        if (ready >= 0) {
          listening.accept(new JsonObject(line.substring(ready + READY.length())));
        }
      }
    } catch (IOException e) {
      printer.print(this, "output lost: " + e.getMessage(), to);
    }
  }

  /** Counts a tick of the supervisor's clock; returns the ticks since the last heartbeat. */
  int tick() {
    return silence.incrementAndGet();
  }

  /** Blocks until the process has ended and its output has been printed; returns how it ended. */
  public End awaitEnd() throws InterruptedException {
    int status = process.waitFor();
    Duration age = Duration.ofNanos(System.nanoTime() - startedNanos);
    in.interrupt();
    // Bounded, since a surviving child of the process may keep its output open.
    out.join(OUTPUT_MILLIS);
    err.join(OUTPUT_MILLIS);
    return new End(this + " ended with status " + status, status, age, killed);
  }

  /** The handle of the process, for its pid and its descendants. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Asks the process to drain and end. */
  public void stop() {
    // Process.destroy() would also close its output and lose its last lines.
    process.toHandle().destroy();
  }

  /** Kills it for missing heartbeats. Process.destroyForcibly() could block. */
  void killSilent() {
    killed = true;
    process.toHandle().destroyForcibly();
  }

  @Override
  public String toString() {
    return "process " + number + " (pid " + process.pid() + ")";
  }
}
