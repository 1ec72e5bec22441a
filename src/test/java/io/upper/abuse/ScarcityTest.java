package io.upper.abuse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.upper.FreePort;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server on a system out of resources. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("one-jdk")
class ScarcityTest {
  private static final int DESCRIPTORS = 200;

  @TempDir private Path directory;

  private static String tcp(int port) {
    return "{\"tcp\": {\"port\": %d}, \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}}"
        .formatted(port);
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(AbusedServer.PATIENCE_MILLIS);
    return socket;
  }

  private static void assertServed(Socket socket) throws IOException {
    socket.getOutputStream().write('a');
    assertEquals('A', socket.getInputStream().read());
  }

  /** More clients than descriptors: those beyond wait until others leave. */
  @Test
  void withoutDescriptorsAcceptingPausesThenResumes() throws Exception {
    try (UpperProcess process =
        UpperProcess.ofClasses()
            .in(directory)
            .shell("ulimit -n " + DESCRIPTORS)
            .start("serve", "-conf", tcp(0))) {
      int port = process.awaitPort(Protocol.TCP);
      List<Socket> sockets = new ArrayList<>();
      try (Socket served = connect(port)) {
        assertServed(served);
        for (int i = 0; i < DESCRIPTORS; i++) {
          sockets.add(connect(port));
        }
        assertServed(sockets.get(0));
        Socket last = sockets.get(DESCRIPTORS - 1);
        last.getOutputStream().write('a');
        // Accepting has failed by now, or will for the last ones.
        process.awaitError("tcp cannot accept connections, so they wait: ");
        assertServed(served);
        for (Socket socket : sockets.subList(0, DESCRIPTORS - 1)) {
          socket.close();
        }
        assertEquals('A', last.getInputStream().read());
        assertServed(served);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
      process.signal("TERM");
      UpperProcess.Ended ended = process.awaitEnd();
      assertEquals(0, ended.status(), ended::toString);
      // Once, however long it took, and without a stack trace.
      assertEquals(1, ended.err().lines().count(), ended::err);
    }
  }

  /**
   * A child takes ten descriptors for a moment. Where there are fewer, the JDK closes some of the
   * server's own, so children start only while there are enough, and clients wait.
   */
  @Test
  void withoutDescriptorsForChildrenClientsWait() throws Exception {
    JsonObject conf = new JsonObject(tcp(0));
    conf.getJsonObject("tcp")
        .put("model", "process-per-connection")
        .put("command", new JsonArray().add("cat"));
    try (UpperProcess process =
        UpperProcess.ofClasses()
            .in(directory)
            .shell("ulimit -n 180")
            .start("serve", "-conf", conf.encode())) {
      int port = process.awaitPort(Protocol.TCP);
      ExecutorService clients = Executors.newFixedThreadPool(40);
      try {
        List<Future<Void>> served = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
          String text = "client " + i + " ";
          served.add(
              clients.submit(
                  () -> {
                    assertRepeated(connect(port), text);
                    return null;
                  }));
        }
        for (Future<Void> one : served) {
          one.get();
        }
      } finally {
        clients.shutdownNow();
      }
      process.signal("TERM");
      UpperProcess.Ended ended = process.awaitEnd();
      assertEquals(0, ended.status(), ended::toString);
      assertTrue(
          ended.err().lines().allMatch(line -> line.contains(" file descriptors are free, ")),
          ended::err);
    }
  }

  /** The reply may be upper case. */
  private static void assertRepeated(Socket socket, String text) throws IOException {
    try (socket) {
      for (int i = 0; i < 4; i++) {
        socket.getOutputStream().write((text + i).getBytes(UTF_8));
        byte[] reply = socket.getInputStream().readNBytes(text.length() + 1);
        assertEquals(text + i, new String(reply, UTF_8).toLowerCase(Locale.ROOT));
      }
      socket.shutdownOutput();
      assertEquals("", new String(socket.getInputStream().readAllBytes(), UTF_8));
    }
  }

  @Test
  void floodedFromTheStartItServesAfterTheFlood() throws Exception {
    assertServesAfterAFlood("event-loop");
  }

  /** Those that work in this process: the model cluster needs job nodes. */
  static Stream<String> otherModels() {
    return Models.all().stream()
        .map(ModelFactory::word)
        .filter(word -> !word.equals("event-loop") && !word.equals("cluster"));
  }

  @Tag("slow")
  @ParameterizedTest
  @MethodSource("otherModels")
  void floodedFromTheStartEveryOtherModelServesToo(String model) throws Exception {
    assertServesAfterAFlood(model);
  }

  /**
   * Clients that come while it starts take no descriptor that it still needs; those that come later
   * leave enough for what it loads later. Once they have left, it serves.
   */
  private void assertServesAfterAFlood(String model) throws Exception {
    int tcp = FreePort.find();
    int tls = FreePort.find();
    // It may take long, and that is not the question.
    JsonObject server =
        new JsonObject()
            .put("model", model)
            .put("command", new JsonArray().add("cat"))
            .put("maxWaitMillis", 120_000);
    JsonObject conf =
        new JsonObject()
            .put("tcp", server.copy().put("port", tcp))
            .put("udp", server.copy().put("port", 0))
            .put("tls", server.copy().put("port", tls).put("handshakeTimeoutSeconds", 120));
    List<Socket> flood = new ArrayList<>();
    try (UpperProcess process =
        UpperProcess.ofClasses()
            .in(directory)
            .withCertificate()
            .shell("ulimit -n 256")
            .start("serve", "-conf", conf.encode())) {
      try {
        flood.add(awaitListening(tcp));
        for (int i = 0; i < 400; i++) {
          flood.add(connect(tcp));
        }
        process.awaitPort(Protocol.TLS);
        for (int i = 0; i < 100; i++) {
          flood.add(connect(tls));
          flood.get(i).getOutputStream().write('a');
        }
        process.awaitError("tcp cannot accept connections, so they wait: ");
      } finally {
        for (Socket socket : flood) {
          socket.close();
        }
      }
      assertRepeated(connect(tcp), "tcp");
      assertRepeated(trustingAll(tls), "tls");
      process.signal("TERM");
      UpperProcess.Ended ended = process.awaitEnd();
      assertEquals(0, ended.status(), ended::toString);
    }
  }

  private static Socket trustingAll(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    Socket plain = connect(port);
    return context.getSocketFactory().createSocket(plain, "localhost", port, true);
  }

  /** Its log cannot be written, but it serves. */
  @Test
  void aFullDiskForTheLogChangesNothing() throws Exception {
    int port = FreePort.find();
    try (UpperProcess process =
        UpperProcess.ofClasses()
            .in(directory)
            .shell("exec >/dev/full 2>/dev/full")
            .start("serve", "-v", "-conf", tcp(port))) {
      try (Socket socket = awaitListening(port)) {
        for (int i = 0; i < 1_000; i++) {
          assertServed(socket);
        }
      }
      process.signal("TERM");
      assertEquals(0, process.awaitEnd().status());
    }
  }

  private static Socket awaitListening(int port) throws Exception {
    while (true) {
      try {
        return connect(port);
      } catch (java.net.ConnectException e) {
        Thread.sleep(20);
      }
    }
  }
}
