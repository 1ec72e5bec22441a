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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server process as its supervisor sees it. Its standard input brings it its configuration, and
 * each later one in a line, and stays open: when that ends, the supervisor is gone and so the
 * process goes too. What it prints is repeated with its number.
 */
public final class ServerProcess {
  /** What it prints before its ports (a JSON object by protocol), once it listens. */
  public static final String READY = "\u0006ready ";

  private static final long OUTPUT_MILLIS = 1000;

  /**
   * How a process ended.
   *
   * @param told in words, for the log
   * @param age how long it has lived
   */
  record End(String told, int status, Duration age) {}

  private final int number;
  private final Process process;
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<JsonObject> ports = new CompletableFuture<>();

  private final Thread out;
  private final Thread err;

  private ServerProcess(int number, Process process) {
    this.number = number;
    this.process = process;
    this.out = repeat(process.getInputStream(), System.out);
    this.err = repeat(process.getErrorStream(), System.err);
  }

  /** Starts a process; it is not listening yet. */
  static ServerProcess start(int number, JsonObject config, List<String> command)
      throws IOException {
    ServerProcess started = new ServerProcess(number, ChildJvm.process(command).start());
    started.tell(config);
    return started;
  }

  /** Which of the processes it is, from 1. */
  int number() {
    return number;
  }

  /** Gives the process a configuration; it may block when the process hangs. */
  void tell(JsonObject config) {
    try {
      OutputStream input = process.getOutputStream();
      input.write((config.encode() + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      // It has ended already: its status says more.
    }
  }

  private Thread repeat(InputStream from, PrintStream to) {
    Thread thread = new Thread(() -> copyLines(from, to), "upper-output-of-" + number);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void copyLines(InputStream from, PrintStream to) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          ports.complete(new JsonObject(line.substring(READY.length())));
        } else {
          // A JSON object, of the access log, is for a program to read.
          to.println(line.startsWith("{") ? line : this + ": " + line);
        }
      }
    } catch (IOException e) {
      to.println(this + ": output lost: " + e.getMessage());
    } finally {
      if (to == System.out) {
        ports.complete(null);
      }
    }
  }

  /**
   * Blocks until the process listens.
   *
   * @return the ports by protocol, or null when it has ended before
   */
  JsonObject awaitPorts() {
    return ports.join();
  }

  /** Blocks until the process has ended and what it printed is repeated; how it ended. */
  End awaitEnd() throws InterruptedException {
    int status = process.waitFor();
    Duration age = Duration.ofNanos(System.nanoTime() - startedNanos);
    // No longer: a child of its own may live on and hold its output open.
    out.join(OUTPUT_MILLIS);
    err.join(OUTPUT_MILLIS);
    return new End(this + " ended with status " + status, status, age);
  }

  /** Asks the process to drain and end. */
  void stop() {
    // Not Process.destroy(): that closes its output, too, with what it still has to say.
    process.toHandle().destroy();
  }

  /** Blocks until it has ended; it is killed when it has not at {@code deadline} (nanoTime). */
  void stopBy(long deadline) throws InterruptedException {
    if (!process.waitFor(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
      process.destroyForcibly();
    }
  }

  @Override
  public String toString() {
    return "process " + number + " (pid " + process.pid() + ")";
  }
}
