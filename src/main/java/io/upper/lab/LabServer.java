package io.upper.lab;

import io.upper.config.Protocol;
import io.upper.jvm.ChildJvm;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server in a child JVM. Its standard input brings it its configuration, and stays open: when
 * that ends, this process is gone and so the server goes too.
 */
final class LabServer implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 20;

  // What its log says of itself; behind a prefix if it is one of several processes.
  private static final String LISTENING =
      "(?:process (\\d+) \\(pid (\\d+)\\): )?%s listening on .*:(\\d+) \\(.*";

  private final Process process;
  private final Pattern listening;
  private final int processes;
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  // Belong to the thread that reads its output, and to others once it has told its port.
  private final Map<Long, Integer> numbers = new HashMap<>();
  private int listeners;
  private String lastLine = "";

  private LabServer(Process process, Protocol protocol, int processes) {
    this.process = process;
    this.listening = Pattern.compile(String.format(Locale.ROOT, LISTENING, protocol.word()));
    this.processes = processes;
    Thread reader = new Thread(this::read, "upper-lab-server-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a server; it is not listening yet.
   *
   * @param command what to run; it reads its configuration from its standard input
   */
  static LabServer start(
      List<String> command, JsonObject configuration, Protocol protocol, int processes)
      throws IOException {
    Process process = ChildJvm.process(command).redirectErrorStream(true).start();
    LabServer server = new LabServer(process, protocol, processes);
    try {
      OutputStream input = process.getOutputStream();
      input.write((configuration.encode() + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
    } catch (IOException e) {
      // It has ended already: what it has said tells more.
    }
    return server;
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().forEach(this::said);
    } catch (IOException | UncheckedIOException e) {
      lastLine = e.getMessage();
    } finally {
      port.completeExceptionally(new IOException("the server ended: " + lastLine));
    }
  }

  private void said(String line) {
    lastLine = line.isBlank() ? lastLine : line;
    Matcher said = listening.matcher(line);
    if (said.matches()) {
      if (said.group(1) != null) {
        numbers.put(Long.valueOf(said.group(2)), Integer.valueOf(said.group(1)));
      }
      listeners++;
      if (listeners == processes) {
        port.complete(Integer.valueOf(said.group(3)));
      }
    }
  }

  /**
   * Blocks until all its processes listen.
   *
   * @throws IOException with the last line that it printed, if it ended before
   */
  int awaitPort() throws IOException, InterruptedException {
    try {
      return port.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("the server does not listen after " + START_SECONDS + " s", e);
    }
  }

  ProcessTree processTree() {
    return new ProcessTree(process.toHandle());
  }

  /** The numbers of its processes by their pids; empty when there is only one. */
  Map<Long, Integer> numbers() {
    return numbers;
  }

  /** Has it drain and end, and blocks until it has; what is left then is killed. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /** Ends it and its child processes at once, and blocks until they are gone. */
  void kill() {
    List<ProcessHandle> all =
        Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
  }
}
