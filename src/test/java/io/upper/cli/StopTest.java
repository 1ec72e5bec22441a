package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A stop at a random moment ends the process with 0, without a warning, and with every request
 * answered that was sent before. More moments with {@code -Dtest.stops=50}.
 */
@Timeout(900)
class StopTest {
  private static final int STOPS = Integer.getInteger("test.stops", 5);
  private static final int PATIENCE_MILLIS = 30_000;
  private static final int JOB_MILLIS = 300;

  // Until then it may be ended by the signal. Main loads it next after it has begun to handle
  // signals.
  private static final String BEGUN = "io.upper.cli.ConsoleOutput ";

  // A process is slow to give its first sign of life on a busy machine; and a JVM (21 or later)
  // that
  // a signal ends before its modules are ready says itself that it cannot log that.
  private static final List<String> HARMLESS =
      List.of(" has been silent for ", "Runtime.exit(143) logging failed");

  @TempDir static Path directory;

  private final long seed = Long.getLong("test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** What the server is at when it is told to stop. */
  private enum Phase {
    START,
    LISTENING,
    LOAD,
    DRAIN
  }

  @BeforeAll
  static void makeCertificates() throws IOException {
    TestCertificates.copyTo(directory.resolve("certs"));
  }

  @Test
  @Tag("slow")
  void aStopAtAnyMomentEndsWith0AndAnswersWhatWasSent() throws Exception {
    long startMillis = millisToListen();
    for (int i = 0; i < STOPS; i++) {
      Phase phase = Phase.values()[i % Phase.values().length];
      int processes = i % 5 == 4 ? 2 : 1;
      String about = "stop %d, %s, %d process(es), seed %d".formatted(i, phase, processes, seed);
      Path classes = directory.resolve("classes-" + i);
      try (UpperProcess server = start(processes, classes)) {
        switch (phase) {
          case START -> pause((long) (random.nextDouble() * 1.3 * startMillis));
          case LISTENING -> server.awaitPort(Protocol.TCP);
          default -> awaitAll(server);
        }
        List<String> faults = stop(server, phase);
        UpperProcess.Ended end = server.awaitEnd();
        assertEquals(List.of(), faults, about + ": " + end);
        assertEquals(List.of(), warnings(end), about);
        if (end.status() == 143 && phase == Phase.START) {
          String loaded = Files.exists(classes) ? Files.readString(classes) : "";
          assertTrue(!loaded.contains(BEGUN), about + ": killed by the signal, after main began");
        } else {
          assertEquals(0, end.status(), about + ": " + end);
        }
      }
    }
  }

  private static List<String> warnings(UpperProcess.Ended end) {
    return end.err().lines().filter(line -> HARMLESS.stream().noneMatch(line::contains)).toList();
  }

  private long millisToListen() throws Exception {
    long start = System.nanoTime();
    try (UpperProcess server = start(1, directory.resolve("classes"))) {
      awaitAll(server);
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }
  }

  private UpperProcess start(int processes, Path classes) throws IOException {
    JsonObject config = new JsonObject().put("processes", processes);
    for (Protocol protocol : Protocol.values()) {
      config.put(protocol.word(), new JsonObject().put("host", "127.0.0.1").put("port", 0));
    }
    config.put("job", new JsonObject().put("kind", "sleep").put("millis", JOB_MILLIS));
    Files.writeString(directory.resolve("upper.json"), config.encode());
    return UpperProcess.ofClasses()
        .in(directory)
        .jvm("-Xlog:class+load:file=" + classes)
        .start("-conf", "upper.json", "-instances", "2");
  }

  private static void awaitAll(UpperProcess server) throws InterruptedException {
    for (Protocol protocol : Protocol.values()) {
      server.awaitPort(protocol);
    }
  }

  /** Tells it to stop. Returns what went wrong with those that asked. */
  private List<String> stop(UpperProcess server, Phase phase) throws Exception {
    if (phase == Phase.START) {
      server.signal("TERM");
      return List.of();
    }
    int port = server.awaitPort(Protocol.TCP);
    Queue<String> faults = new ConcurrentLinkedQueue<>();
    List<Thread> clients = new ArrayList<>();
    try (Socket sent = connect(port);
        DatagramSocket datagrams = new DatagramSocket()) {
      datagrams.setSoTimeout(PATIENCE_MILLIS);
      if (phase != Phase.LISTENING) {
        send(datagrams, server.awaitPort(Protocol.UDP));
      }
      sent.getOutputStream().write("hello".getBytes(UTF_8));
      if (phase == Phase.LOAD) {
        for (int i = 0; i < 4; i++) {
          clients.add(startClient(port, faults));
        }
        pause(random.nextInt(3 * JOB_MILLIS));
      }
      server.signal("TERM");
      if (phase == Phase.DRAIN) {
        disturb(server);
      }
      String reply = new String(sent.getInputStream().readAllBytes(), UTF_8);
      if (!reply.equals("HELLO")) {
        faults.add("sent before, but answered with: '" + reply + "'");
      }
      if (phase != Phase.LISTENING) {
        datagrams.receive(new DatagramPacket(new byte[10], 10));
      }
    } catch (IOException e) {
      faults.add("sent before: " + e);
    }
    for (Thread client : clients) {
      client.join();
    }
    return List.copyOf(faults);
  }

  /** Changes that come too late, and signals. */
  private void disturb(UpperProcess server) throws Exception {
    Path file = directory.resolve("upper.json");
    Path aside = directory.resolve("upper.json.new");
    String config = Files.readString(file);
    for (int i = 0; i < 3; i++) {
      Files.writeString(aside, config.replace(":" + JOB_MILLIS, ":" + (JOB_MILLIS + i)));
      Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING);
      for (String signal : new String[] {"HUP", "TERM"}) {
        ProcessHandle.of(server.pid()).ifPresent(handle -> signal(handle, signal));
        pause(random.nextInt(100));
      }
    }
  }

  /** It may have ended meanwhile. */
  private static void signal(ProcessHandle process, String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, "" + process.pid())
          .redirectErrorStream(true)
          .start()
          .waitFor();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void send(DatagramSocket socket, int port) throws IOException {
    socket.send(
        new DatagramPacket(
            new byte[] {'a'}, 1, new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** Connects again and again, until it is refused. */
  private static Thread startClient(int port, Queue<String> faults) {
    Thread client =
        new Thread(
            () -> {
              try {
                while (comesAndIsServed(port)) {}
              } catch (ConnectException e) {
                // It has stopped.
              } catch (IOException e) {
                faults.add("came while it served or stopped: " + e);
              }
            },
            "client");
    client.setDaemon(true);
    client.start();
    return client;
  }

  private static boolean comesAndIsServed(int port) throws IOException {
    long start = System.nanoTime();
    try (Socket socket = connect(port)) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      // One that is silent for so long when the server stops has nothing to say.
      boolean late = System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(200);
      int length = socket.getInputStream().readNBytes(5).length;
      if (length < 5 && !late) {
        throw new IOException(length + " bytes of a reply");
      }
      return length == 5;
    }
  }

  private static void pause(long millis) throws InterruptedException {
    Thread.sleep(millis);
  }

  /** It waits for its configuration: there is nothing to stop yet. */
  @Test
  void aStopBeforeItServesEndsWith0() throws Exception {
    try (UpperProcess process =
        UpperProcess.ofClasses().in(directory).start(ServerProcessCommand.NAME)) {
      process.awaitLine("\u0006alive");
      process.signal("TERM");
      UpperProcess.Ended end = process.awaitEnd();
      assertEquals("", end.err());
      assertEquals(0, end.status());
    }
  }
}
