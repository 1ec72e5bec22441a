package io.upper.abuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.FreePort;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients connect and send requests for minutes, while one server is changed all the time, and
 * another is restarted on the same ports: no reply is lost, and the resources of the first do not
 * grow. {@code mvn test -Psoak -Dsoak.minutes=10 -Dsoak.seed=1}.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class ChangesSoakTest {
  private static final int DRAIN_SECONDS = 3;
  private static final long PAUSE_MILLIS = 2_000;

  // Most of the time no connection may be closed: a drain on a busy machine takes 8 s.
  private static final int ROUNDS_BETWEEN_ENDINGS = 6;
  private static final int CONNECTS = 300;

  // What the JVM still compiles, and the allocators' pools.
  private static final long MORE_KIB = 32 << 10;
  // Threads of the JVM, and of Vert.x's pools, which fill on demand.
  private static final int MORE_THREADS = 30;
  private static final int MORE_DESCRIPTORS = 4;

  private static final List<String> MODELS =
      List.of("event-loop", "worker-pool", "thread-per-connection", "iterative");

  @TempDir private Path directory;
  private final Random random = new Random(Long.getLong("soak.seed", 1));
  private int serial = 10_000;
  private int instances = 1;

  @Test
  void noReplyIsLostWhileServersChangeAndRestart() throws Exception {
    Duration length = Duration.ofMinutes(Long.getLong("soak.minutes", 10));
    System.out.printf("changes: %d minutes%n", length.toMinutes());
    write("changing.json", changed(), 0, 0);
    int port = FreePort.find();
    int tlsPort = FreePort.find();
    write("restarted.json", changed(), port, tlsPort);
    List<AbusedServer.Holdings> samples = new ArrayList<>();
    AbusedServer restarted = start("restarted.json");
    try (AbusedServer changing = start("changing.json")) {
      AbusedServer.Holdings before = changing.holdings();
      RequestingClients ofChanging = new RequestingClients(changing, DRAIN_SECONDS);
      RequestingClients ofRestarted = new RequestingClients(restarted, DRAIN_SECONDS);
      long start = System.nanoTime();
      int restarts = 0;
      for (int round = 1; System.nanoTime() - start < length.toNanos(); round++) {
        boolean ending = round % ROUNDS_BETWEEN_ENDINGS == 0;
        boolean children = change(changing, ofChanging, ending);
        for (int i = 0; i < CONNECTS; i++) {
          // A program of one's own is started for each that leaves, too: see docs/models.md.
          Protocol protocol = children || i % 2 == 0 ? Protocol.TLS : Protocol.TCP;
          changing.connectPlain(protocol).close();
        }
        if (ending) {
          write("restarted.json", changed(), port, tlsPort);
          ofRestarted.serverIsAboutToEndConnections();
          restarted.stop();
          restarted.close();
          restarted = start("restarted.json");
          ofRestarted.serverHasChanged();
          restarts++;
        }
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        long wanted = ofChanging.served() + 100;
        long restartedWanted = ofRestarted.served() + 100;
        Thread.sleep(PAUSE_MILLIS);
        while (ofChanging.served() < wanted || ofRestarted.served() < restartedWanted) {
          ofChanging.throwFailure();
          ofRestarted.throwFailure();
          assertTrue(
              System.nanoTime() < deadline, "not served: " + ofChanging + "; " + ofRestarted);
          Thread.sleep(10);
        }
        samples.add(changing.holdings());
        ofChanging.throwFailure();
        ofRestarted.throwFailure();
      }
      ofChanging.close();
      ofRestarted.close();
      System.out.printf(
          "%d s: %d changes, %d restarts; %s; of the other: %s%n",
          Duration.ofNanos(System.nanoTime() - start).toSeconds(),
          samples.size(),
          restarts,
          ofChanging,
          ofRestarted);
      ofChanging.throwFailure();
      ofRestarted.throwFailure();
      leavesNothing(changing, before);
      changing.stop();
      restarted.stop();
    } finally {
      restarted.close();
    }
    assertFlat("resident KiB", samples, AbusedServer.Holdings::residentKib, MORE_KIB);
  }

  private AbusedServer start(String conf) throws Exception {
    return new AbusedServer(directory, conf, new String[0]);
  }

  /** Back to the first settings, and none of the models' own threads, as at the start. */
  private void leavesNothing(AbusedServer server, AbusedServer.Holdings before) throws Exception {
    JsonObject config = new JsonObject();
    for (Protocol protocol : Protocol.values()) {
      config.put(protocol.word(), new JsonObject().put("model", "event-loop"));
    }
    config.getJsonObject("tcp").put("maxConnections", ++serial);
    write("changing.json", config, 0, 0);
    server.process().signal("HUP");
    server.process().awaitLine("tcp/maxConnections: \\d+ -> " + serial);
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    AbusedServer.Holdings now = server.holdings();
    while (now.descriptors() > before.descriptors() + MORE_DESCRIPTORS
        || now.threads() > before.threads() + MORE_THREADS
        || !threadsOfModels(server).isEmpty()
        || children(server) > 0) {
      assertTrue(
          System.nanoTime() < deadline,
          "left: %s, before: %s, threads: %s, children: %d"
              .formatted(now, before, threadsOfModels(server), children(server)));
      Thread.sleep(100);
      now = server.holdings();
    }
  }

  /** By their names in the kernel, which has no virtual threads. */
  private static List<String> threadsOfModels(AbusedServer server) throws IOException {
    List<String> names = new ArrayList<>();
    Path tasks = Path.of("/proc", String.valueOf(server.process().pid()), "task");
    try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
      for (Path task : all) {
        try {
          String name = Files.readString(task.resolve("comm")).strip();
          if (name.matches("upper-(worker|connectio|process).*")) {
            names.add(name);
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return names;
  }

  private static long children(AbusedServer server) {
    return ProcessHandle.of(server.process().pid()).orElseThrow().descendants().count();
  }

  /** Returns whether each TCP connection has a child from now on. */
  private boolean change(AbusedServer server, RequestingClients clients, boolean ending)
      throws Exception {
    JsonObject config = changed();
    if (ending) {
      instances = 1 + random.nextInt(3);
      clients.serverIsAboutToEndConnections();
    }
    for (Protocol protocol : Protocol.values()) {
      config.getJsonObject(protocol.word()).put("instances", instances);
    }
    write("changing.json", config, 0, 0);
    server.process().signal("HUP");
    server.process().awaitLine("tcp/maxConnections: \\d+ -> " + serial);
    if (ending) {
      clients.serverHasChanged();
    }
    return config.getJsonObject("tcp").containsKey("command");
  }

  /** Other models, instances, jobs and limits; always a different number of connections. */
  private JsonObject changed() {
    JsonObject config = new JsonObject();
    for (Protocol protocol : Protocol.values()) {
      JsonObject server =
          new JsonObject()
              .put("model", MODELS.get(random.nextInt(MODELS.size())))
              .put("instances", 1)
              .put("workers", 1 + random.nextInt(20))
              .put("maxWaitMillis", 60_000 + random.nextInt(60_000));
      config.put(protocol.word(), server);
    }
    if (Files.exists(Path.of("/usr/bin/python3")) && random.nextInt(3) == 0) {
      Path filter = Path.of("examples/upper_filter.py").toAbsolutePath();
      config
          .getJsonObject("tcp")
          .put("model", "process-per-connection")
          .put("command", new JsonArray().add("python3").add(filter.toString()));
    }
    config.getJsonObject("tcp").put("maxConnections", ++serial);
    boolean job = random.nextBoolean();
    config.put(
        "job", new JsonObject().put("kind", job ? "sleep" : "none").put("millis", job ? 5 : 0));
    return config;
  }

  /** Atomic, since the server may poll at any moment. */
  private void write(String file, JsonObject config, int port, int tlsPort) throws IOException {
    config.put("drainSeconds", DRAIN_SECONDS);
    for (Protocol protocol : Protocol.values()) {
      config
          .getJsonObject(protocol.word())
          .put("host", "127.0.0.1")
          .put("port", protocol == Protocol.TLS ? tlsPort : port);
    }
    // Not a test of stalled handshakes.
    config.getJsonObject("tls").put("handshakeTimeoutSeconds", 60);
    Path written = Files.writeString(directory.resolve(file + ".new"), config.encode());
    Files.move(written, directory.resolve(file), StandardCopyOption.ATOMIC_MOVE);
  }

  /** Compares the median of the last quarter with that of the second; the first is warm-up. */
  static void assertFlat(
      String what,
      List<AbusedServer.Holdings> samples,
      ToLongFunction<AbusedServer.Holdings> of,
      long more) {
    int quarter = samples.size() / 4;
    long early = median(samples.subList(quarter, 2 * quarter), of);
    long late = median(samples.subList(3 * quarter, samples.size()), of);
    System.out.printf("%s: median %d, then %d%n", what, early, late);
    assertTrue(late <= early + more, what + ": " + early + " -> " + late);
  }

  private static long median(
      List<AbusedServer.Holdings> samples, ToLongFunction<AbusedServer.Holdings> of) {
    long[] sorted = samples.stream().mapToLong(of).sorted().toArray();
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}
