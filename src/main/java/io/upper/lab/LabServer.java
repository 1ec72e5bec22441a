package io.upper.lab;

import io.upper.config.Protocol;
import io.upper.jvm.Daemon;
import io.upper.jvm.ProcessTree;
import io.upper.prefork.ServerProcess;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A server in a child JVM, whose output is not repeated: its last line is told if it ends before
 * its time. It goes when this process does.
 */
final class LabServer implements AutoCloseable {
  private static final long START_SECONDS = 60;
  private static final long STOP_SECONDS = 20;

  private final ServerProcess process;
  private final List<LabServer> nodes = new ArrayList<>();
  private final CompletableFuture<JsonObject> ready = new CompletableFuture<>();
  private volatile String lastLine = "";
  private volatile String lastError = "";

  private LabServer(List<String> command) throws IOException {
    this.process = ServerProcess.start(1, command, ready::complete, this::printed);
    Daemon.start("upper-lab-server-end", this::awaitEnd);
  }

  /**
   * Starts a server; it is not listening yet.
   *
   * @param command what to run; it reads its configuration from its standard input
   */
  static LabServer start(List<String> command, JsonObject configuration) throws IOException {
    LabServer server = new LabServer(command);
    server.process.configure(configuration);
    return server;
  }

  /** Starts a job node that ends with this server, which is not ready before. */
  void startNode(List<String> command, JsonObject configuration) throws IOException {
    nodes.add(start(command, configuration));
  }

  private void printed(ServerProcess from, String line, PrintStream to) {
    if (line.isBlank()) {
      return;
    }
    if (to == System.err) {
      lastError = line;
    } else {
      lastLine = line;
    }
  }

  private void awaitEnd() {
    try {
      process.awaitEnd();
      String reason = lastError.isEmpty() ? lastLine : lastError;
      ready.completeExceptionally(new IOException("the server ended: " + reason));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Blocks until all its processes listen; the port.
   *
   * @throws IOException with the last line that it printed, if it ended before
   */
  int awaitPort(Protocol protocol) throws IOException, InterruptedException {
    for (LabServer node : nodes) {
      node.awaitReady();
    }
    return awaitReady().getInteger(protocol.word());
  }

  private JsonObject awaitReady() throws IOException, InterruptedException {
    try {
      return ready.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("the server does not listen after " + START_SECONDS + " s", e);
    }
  }

  ProcessTree processTree() {
    return new ProcessTree(
        Stream.concat(Stream.of(this), nodes.stream())
            .map(server -> server.process.handle())
            .toList());
  }

  /** The numbers of its processes by their pids; empty when there is only one. */
  Map<Long, Integer> numbers() {
    Map<Long, Integer> numbers = new HashMap<>();
    JsonArray pids = ready.join().getJsonArray("pids", new JsonArray());
    for (int i = 0; i < pids.size(); i++) {
      numbers.put(pids.getLong(i), i + 1);
    }
    return numbers;
  }

  /** Has it drain and end, and blocks until it has; what is left then is killed. */
  @Override
  public void close() {
    process.stop();
    try {
      process.handle().onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // It is killed.
    }
    kill();
  }

  /** Ends it, its child processes and its nodes at once, and blocks until they are gone. */
  void kill() {
    ProcessHandle server = process.handle();
    List<ProcessHandle> all = Stream.concat(server.descendants(), Stream.of(server)).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
    nodes.forEach(LabServer::kill);
  }
}
