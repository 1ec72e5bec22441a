package io.upper.lab;

import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.upper.jvm.ChildJvm;
import io.upper.jvm.TemporaryFiles;
import io.upper.model.ChildStartEvent;
import io.upper.model.RequestEvent;
import io.upper.service.ConfiguredService;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What every run of a lab session needs: the command that starts a server, a directory for what the
 * servers leave, event loops for the clients, and for TLS a certificate. Nothing of it is left when
 * it is closed, nor when the program is ended meanwhile.
 */
public final class Workbench implements AutoCloseable {
  /** The option with which a server process is a job node. */
  public static final String NODE = "--node";

  /** Where the servers listen; the certificate is valid for it. */
  static final String HOST = "127.0.0.1";

  // Half the time to start, and no second compiler at work beside a load that lasts for seconds.
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final String CERTIFICATES = "certs";

  private final List<String> command;
  private final ConfiguredService service;
  private final Path directory;
  private final Vertx vertx;
  private final Thread cleanup = new Thread(this::clean, "upper-lab-cleanup");
  private volatile LabServer server;
  private volatile boolean closed;
  private int recordings;

  private Workbench(List<String> command, ConfiguredService service, Path directory) {
    this.command = withOptions(command, QUICK);
    this.service = service;
    this.directory = directory;
    // Ctrl-C ends the program without further ado.
    Runtime.getRuntime().addShutdownHook(cleanup);
    this.vertx =
        Vertx.builder()
            .with(TemporaryFiles.withoutCache(new VertxOptions().setPreferNativeTransport(true)))
            .build();
  }

  /**
   * Gets all ready; blocks, with TLS for some seconds.
   *
   * @param command starts a server process, which reads its configuration from standard input; its
   *     first word is a {@code java}
   * @param service what the servers serve, with its defaults
   */
  public static Workbench open(Protocol protocol, List<String> command, ConfiguredService service)
      throws IOException {
    Workbench bench = new Workbench(command, service, TemporaryFiles.createDirectory("upper-lab"));
    if (protocol == Protocol.TLS) {
      CertificateAuthority.create(bench.directory.resolve(CERTIFICATES));
    }
    return bench;
  }

  /** A load with what came of it, and who served. */
  record Traced(Trial trial, Trace trace) {}

  /** Puts a load on a model and has the server record who served. */
  Traced runTraced(Load load, LabModel model) throws IOException, InterruptedException {
    recordings++;
    Path recording = directory.resolve("recording-" + recordings);
    JsonObject configuration = configuration(load, model.settings(), model.servers());
    makeRoom(recording);
    LabServer started = start(recorded(recording), configuration.mergeIn(cluster()));
    Trial trial;
    try {
      for (int i = 0; i < model.nodes(); i++) {
        startNode(started);
      }
      // Some for each process, since the kernel spreads them.
      trial = trial(started, load, Math.max(4, model.processes() * 3));
    } finally {
      stop(started);
    }
    // It writes the recording when it ends.
    return new Traced(trial, Trace.read(recording, started.numbers()));
  }

  /** Puts a load on a server with so many instances. */
  Trial run(Load load, LabModel model, int instances) throws IOException, InterruptedException {
    JsonObject settings = model.settings().put("instances", instances);
    LabServer started = start(command, configuration(load, settings, 1));
    try {
      // One for each at least, since they come in turn.
      return trial(started, load, Math.max(4, instances));
    } finally {
      stop(started);
    }
  }

  private Trial trial(LabServer started, Load load, int warmup)
      throws IOException, InterruptedException {
    String ca =
        directory.resolve(CERTIFICATES).resolve(CertificateAuthority.CA_CERTIFICATE).toString();
    int port = started.awaitPort(load.protocol());
    return Trial.run(
        vertx, load, Trial.target(load, port, ca, service), warmup, started.processTree());
  }

  private synchronized void makeRoom(Path recording) throws IOException {
    requireOpen();
    Files.createDirectory(recording);
  }

  private synchronized LabServer start(List<String> line, JsonObject configuration)
      throws IOException {
    requireOpen();
    server = LabServer.start(line, configuration);
    return server;
  }

  private synchronized void startNode(LabServer gateway) throws IOException {
    requireOpen();
    List<String> node = new ArrayList<>(command);
    node.add(NODE);
    gateway.startNode(node, cluster());
  }

  /** One of its own for each run, whose nodes serve one request at a time. */
  private JsonObject cluster() {
    String name = "upper-lab-" + ProcessHandle.current().pid() + "-" + recordings;
    return new JsonObject().put("cluster", new JsonObject().put("name", name).put("workers", 1));
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
  }

  private void stop(LabServer started) {
    started.close();
    server = null;
  }

  /**
   * The command of a server whose JVM records the requests served, and nothing else. A directory in
   * place of a file: then each of several processes has its own.
   */
  private List<String> recorded(Path recording) {
    String start =
        "-XX:StartFlightRecording=settings=none,+"
            + RequestEvent.NAME
            + "#enabled=true,+"
            + ChildStartEvent.NAME
            + "#enabled=true,dumponexit=true,filename="
            + recording;
    // Where it is gathered; of itself it would be left behind when the JVM is killed.
    String gather = "-XX:FlightRecorderOptions:repository=" + recording;
    return withOptions(
        command, start, gather, ChildJvm.FOR_CHILDREN + start, ChildJvm.FOR_CHILDREN + gather);
  }

  /** Puts options before those there are already, which win. */
  private static List<String> withOptions(List<String> command, String... options) {
    List<String> line = new ArrayList<>(command);
    line.addAll(1, List.of(options));
    return line;
  }

  private JsonObject configuration(Load load, JsonObject settings, int processes) {
    JsonObject configuration =
        new JsonObject()
            .put("processes", processes)
            .put(
                "job",
                new JsonObject()
                    .put("kind", load.job().kind().word())
                    .put("millis", load.job().millis()));
    for (Protocol protocol : Protocol.values()) {
      configuration.put(
          protocol.word(), new JsonObject().put("enabled", protocol == load.protocol()));
    }
    JsonObject section = configuration.getJsonObject(load.protocol().word());
    // Who waits is what it shows: nobody gives up.
    section
        .mergeIn(settings)
        .put("service", service.factory().word())
        .put("host", HOST)
        .put("port", 0)
        .put("maxWaitMillis", 0);
    if (load.protocol() == Protocol.TLS) {
      section.mergeIn(CertificateAuthority.settings(directory.resolve(CERTIFICATES)));
    }
    return configuration;
  }

  /** Whether the program is being ended, so that nothing can be run any more. */
  boolean isClosed() {
    return closed;
  }

  private synchronized void clean() {
    closed = true;
    LabServer running = server;
    if (running != null) {
      running.kill();
    }
    TemporaryFiles.delete(directory);
  }

  @Override
  public void close() {
    clean();
    vertx.close().await();
    try {
      Runtime.getRuntime().removeShutdownHook(cleanup);
    } catch (IllegalStateException e) {
      // The program is ending: the hook is at work.
    }
  }
}
