package io.upper.prefork;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A server process as its supervisor sees it. Its standard input brings it its configuration, and
 * stays open: when that ends, the supervisor is gone and so the process goes too. What it prints is
 * repeated with its number.
 */
public final class ServerProcess {
  /** What it prints before its ports (a JSON object by protocol), once it listens. */
  public static final String READY = "\u0006ready ";

  private final int number;
  private final Process process;
  private final long startedNanos = System.nanoTime();
  private final CompletableFuture<JsonObject> ports = new CompletableFuture<>();

  private ServerProcess(int number, Process process) {
    this.number = number;
    this.process = process;
  }

  /** Starts a process; it is not listening yet. */
  static ServerProcess start(int number, JsonObject config, List<String> command)
      throws IOException {
    ServerProcess started = new ServerProcess(number, new ProcessBuilder(command).start());
    started.repeat(started.process.getInputStream(), System.out);
    started.repeat(started.process.getErrorStream(), System.err);
    started
        .process
        .getOutputStream()
        .write((config.encode() + "\n").getBytes(StandardCharsets.UTF_8));
    started.process.getOutputStream().flush();
    return started;
  }

  private void repeat(InputStream from, PrintStream to) {
    Thread thread = new Thread(() -> copyLines(from, to), "upper-output-of-" + number);
    thread.setDaemon(true);
    thread.start();
  }

  private void copyLines(InputStream from, PrintStream to) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          ports.complete(new JsonObject(line.substring(READY.length())));
        } else {
          to.println(this + ": " + line);
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

  /** Blocks until the process has ended; its exit status. */
  int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  /** How long it has lived, or lives. */
  Duration age() {
    return Duration.ofNanos(System.nanoTime() - startedNanos);
  }

  int number() {
    return number;
  }

  /** Asks the process to drain and end. */
  void stop() {
    process.destroy();
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
