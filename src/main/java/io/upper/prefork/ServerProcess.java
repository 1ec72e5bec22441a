package io.upper.prefork;

import io.upper.jvm.ChildJvm;
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
 * A server process as its supervisor sees it. Its standard input brings it its configuration, and
 * each later one in a line, and stays open: when that ends, the supervisor is gone and so the
 * process goes too. What it prints is repeated with its number, or goes where its starter wants it;
 * every second it prints a sign of life. No method waits for the process but {@link #awaitEnd}, so
 * one that hangs holds up nobody.
 */
public final class ServerProcess {
  /**
   * What it prints before its ports (a JSON object by protocol), once it listens. A supervisor that
   * is itself a server process adds {@code pids}: those of its processes, from number 1.
   */
  public static final String READY = "\u0006ready ";

  /** A sign of life. */
  public static final String ALIVE = "\u0006alive";

  private static final long OUTPUT_MILLIS = 1000;

  /**
   * How a process ended.
   *
   * @param told in words, for the log
   * @param age how long it has lived
   * @param killed whether it was killed because it was silent
   */
  public record End(String told, int status, Duration age, boolean killed) {}

  /** Takes a line that a process has printed; called by threads of their own. */
  @FunctionalInterface
  public interface Printer {
    /**
     * @param to where a supervisor repeats it: standard output or standard error
     */
    void print(ServerProcess process, String line, PrintStream to);
  }

  private final int number;
  private final Process process;
  private final Consumer<JsonObject> listening;
  private final Printer printer;
  private final long startedNanos = System.nanoTime();
  private final AtomicInteger silence = new AtomicInteger();
  // The newest configuration is all that a process has to know.
  private final BlockingQueue<JsonObject> told = new ArrayBlockingQueue<>(1);
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
    this.in = start("input", this::passOn);
  }

  /**
   * Starts a process, which waits for its configuration.
   *
   * @param number which of the processes it is, from 1
   * @param listening gets its ports by protocol when it listens
   * @param printer gets what it prints
   */
  public static ServerProcess start(
      int number, List<String> command, Consumer<JsonObject> listening, Printer printer)
      throws IOException {
    return new ServerProcess(number, ChildJvm.process(command).start(), listening, printer);
  }

  /** A {@link Printer} that prints the line behind the name of the process. */
  static void repeat(ServerProcess process, String line, PrintStream to) {
    // A JSON object, of the access log, is for a program to read.
    to.println(line.startsWith("{") ? line : process + ": " + line);
  }

  private Thread start(String name, Runnable work) {
    Thread thread = new Thread(work, "upper-" + name + "-of-" + number);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /** Which of the processes it is, from 1. */
  int number() {
    return number;
  }

  /** Gives the process a configuration, in place of one that it has not taken yet. */
  public synchronized void tell(JsonObject config) {
    told.clear();
    told.add(config);
  }

  /** Writes what it is told, and waits where it does not read. */
  private void passOn() {
    try {
      OutputStream input = process.getOutputStream();
      while (true) {
        input.write((told.take().encode() + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
      }
    } catch (IOException | InterruptedException e) {
      // It has ended: its status says more.
    }
  }

  private void copyLines(InputStream from, PrintStream to) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        silence.set(0);
        if (line.startsWith(READY)) {
          listening.accept(new JsonObject(line.substring(READY.length())));
        } else if (!line.equals(ALIVE)) {
          printer.print(this, line, to);
        }
      }
    } catch (IOException e) {
      printer.print(this, "output lost: " + e.getMessage(), to);
    }
  }

  /** A tick of the supervisor's clock has passed; how many have since its last sign of life. */
  int tick() {
    return silence.incrementAndGet();
  }

  /** Blocks until the process has ended and what it printed is repeated; how it ended. */
  public End awaitEnd() throws InterruptedException {
    int status = process.waitFor();
    Duration age = Duration.ofNanos(System.nanoTime() - startedNanos);
    in.interrupt();
    // No longer: a child of its own may live on and hold its output open.
    out.join(OUTPUT_MILLIS);
    err.join(OUTPUT_MILLIS);
    return new End(this + " ended with status " + status, status, age, killed);
  }

  /** The process, with its descendants. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  /** Asks the process to drain and end. */
  public void stop() {
    // Not Process.destroy(): that closes its output, too, with what it still has to say.
    process.toHandle().destroy();
  }

  /** Kills it because it was silent; not by Process.destroyForcibly(), which can block. */
  void killSilent() {
    killed = true;
    process.toHandle().destroyForcibly();
  }

  @Override
  public String toString() {
    return "process " + number + " (pid " + process.pid() + ")";
  }
}
