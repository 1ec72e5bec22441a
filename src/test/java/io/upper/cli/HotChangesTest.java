package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.FreePort;
import io.upper.TestCertificates;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that may change does while 200 clients ask, and none gets a wrong reply or a part of
 * one. Longer with {@code -Dtest.hot.seconds=20}.
 */
@Timeout(180)
class HotChangesTest {
  private static final int CLIENTS = 200;
  private static final int STEPS = 9;
  private static final long PAUSE_MILLIS =
      Integer.getInteger("test.hot.seconds", 6) * 1000L / STEPS;
  // A client that reconnects after each so many requests: connections come all the time.
  private static final int REQUESTS_EACH = 20;

  @TempDir static Path directory;

  private final AtomicInteger tcpPort = new AtomicInteger();
  private final AtomicInteger tlsPort = new AtomicInteger();
  private final AtomicLong replies = new AtomicLong();
  private final AtomicLong connections = new AtomicLong();
  private final AtomicLong drained = new AtomicLong();
  private final Queue<String> faults = new ConcurrentLinkedQueue<>();
  private final Set<BigInteger> certificates = ConcurrentHashMap.newKeySet();
  private final JsonObject config =
      new JsonObject()
          .put("tcp", new JsonObject().put("host", "127.0.0.1").put("port", 0))
          .put("udp", new JsonObject().put("enabled", false))
          .put("drainSeconds", 2);
  private volatile boolean over;

  @BeforeAll
  static void makeCertificates() throws IOException {
    TestCertificates.copyTo(directory.resolve("a"));
    TestCertificates.copyOtherTo(directory.resolve("b"));
  }

  @Test
  @Tag("slow")
  void noClientOfTwoHundredLosesAReply() throws Exception {
    config.put(
        "tls",
        new JsonObject()
            .put("host", "127.0.0.1")
            .put("port", 0)
            .put("certificate", "cert.pem")
            .put("key", "key.pem"));
    certificate("a", "a");
    write(config.encode());
    UpperProcess.Ended ended;
    try (UpperProcess server =
        UpperProcess.ofClasses().in(directory).start("-conf", "upper.json")) {
      tcpPort.set(server.awaitPort(Protocol.TCP));
      tlsPort.set(server.awaitPort(Protocol.TLS));
      final int firstPort = tcpPort.get();
      List<Thread> clients = startClients();

      section("tcp").put("instances", 4);
      section("tls").put("instances", 4);
      write(config.encode()); // noticed by itself
      server.awaitLine("tls/instances: 1 -> 4");
      pause();
      section("tcp").put("instances", 2);
      section("tls").put("instances", 2);
      apply(server, "tls/instances: 4 -> 2");
      certificate("b", "b"); // noticed by itself
      server.awaitLine("tls certificate: .*");
      pause();
      certificate("a", "b");
      server.signal("HUP");
      server.awaitLine("configuration: nothing has changed");
      pause();
      certificate("a", "a");
      server.signal("HUP");
      server.awaitLine("tls certificate: .*");
      pause();
      write("{\"tcp\": {\"port\": 70000}}"); // told by itself, once
      Thread.sleep(3_000);
      section("tcp").put("model", "worker-pool");
      section("tls").put("model", "thread-per-connection");
      config.put("job", new JsonObject().put("kind", "sleep").put("millis", 1));
      apply(server, "job/millis: 0 -> 1");
      int otherPort = FreePort.find();
      section("tcp").put("port", otherPort);
      apply(server, "tcp/port: 0 -> " + otherPort, () -> tcpPort.set(otherPort));
      section("tcp").put("port", firstPort);
      apply(server, "tcp/port: " + otherPort + " -> " + firstPort, () -> tcpPort.set(firstPort));
      section("tcp").put("model", "event-loop");
      config.remove("job");
      apply(server, "job/millis: 1 -> 0");

      over = true;
      for (Thread client : clients) {
        client.join();
      }
      server.signal("TERM");
      ended = server.awaitEnd();
    }
    System.out.printf(
        "%d replies, %d connections, %d of them drained, %d certificates%n",
        replies.get(), connections.get(), drained.get(), certificates.size());
    assertEquals(List.of(), faults.stream().limit(10).toList());
    assertEquals(0, ended.status(), ended.err());
    assertEquals(2, certificates.size());
    assertTrue(drained.get() > 0, "nobody was drained");
    List<String> warnings =
        ended.err().lines().map(line -> line.replaceFirst("^[0-9:.]+ WARN +", "")).toList();
    assertEquals(2, warnings.size(), ended.err());
    assertTrue(
        warnings.get(0).startsWith("/tls/key: \"key.pem\" is not the key of \"cert.pem\""),
        warnings.get(0));
    assertEquals(
        "upper.json: /tcp/port: 70000 is not in 0..65535; nothing is changed", warnings.get(1));
  }

  private JsonObject section(String name) {
    return config.getJsonObject(name);
  }

  private void apply(UpperProcess server, String line) throws Exception {
    apply(server, line, () -> {});
  }

  private void apply(UpperProcess server, String line, Runnable then) throws Exception {
    write(config.encode());
    server.signal("HUP");
    server.awaitLine(line);
    then.run();
    pause();
  }

  private static void pause() throws InterruptedException {
    Thread.sleep(PAUSE_MILLIS);
  }

  private static void write(String text) throws IOException {
    Path aside = Files.writeString(directory.resolve("upper.json.new"), text);
    Files.move(aside, directory.resolve("upper.json"), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void certificate(String certificate, String key) throws IOException {
    copy(directory.resolve(certificate).resolve(CertificateAuthority.SERVER_CERTIFICATE), "cert");
    copy(directory.resolve(key).resolve(CertificateAuthority.SERVER_KEY), "key");
  }

  private static void copy(Path from, String to) throws IOException {
    Files.copy(from, directory.resolve(to + ".pem"), StandardCopyOption.REPLACE_EXISTING);
  }

  // Clients.

  private List<Thread> startClients() throws Exception {
    SSLContext tls = trustingAll();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      Thread client = new Thread(() -> live(number, number % 4 == 0 ? tls : null), "client " + i);
      client.setDaemon(true);
      client.start();
      clients.add(client);
    }
    return clients;
  }

  private void live(int number, SSLContext tls) {
    while (!over) {
      AtomicInteger port = tls == null ? tcpPort : tlsPort;
      int asked = port.get();
      try (Socket socket = connect(asked, tls)) {
        connections.incrementAndGet();
        // Half of them stay as long as they are let.
        converse(socket, number, number % 2 == 0 ? REQUESTS_EACH : Integer.MAX_VALUE);
      } catch (ConnectException e) {
        if (asked == port.get() && stillThere(port, asked)) {
          faults.add("client " + number + " is refused on " + asked);
        }
      } catch (IOException | InterruptedException e) {
        faults.add("client " + number + ": " + e);
      }
    }
  }

  /** The old port may be gone a moment before the test has read that. */
  private static boolean stillThere(AtomicInteger port, int asked) {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return port.get() == asked;
  }

  private void converse(Socket socket, int number, int requests)
      throws IOException, InterruptedException {
    for (int i = 0; i < requests && !over; i++) {
      String text = "straße " + number + " " + i;
      byte[] expected = text.toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8);
      byte[] reply;
      try {
        socket.getOutputStream().write(text.getBytes(UTF_8));
        reply = socket.getInputStream().readNBytes(expected.length);
      } catch (SocketException e) {
        faults.add("client " + number + ", request " + i + ": " + e);
        return;
      }
      if (reply.length == 0) {
        drained.incrementAndGet(); // between two replies: it asks again on another connection
        return;
      }
      if (!java.util.Arrays.equals(expected, reply)) {
        faults.add(text + " -> " + new String(reply, UTF_8));
        return;
      }
      replies.incrementAndGet();
      Thread.sleep(100);
    }
  }

  private Socket connect(int port, SSLContext tls) throws IOException {
    Socket socket = tls == null ? new Socket() : tls.getSocketFactory().createSocket();
    try {
      socket.setSoTimeout(60_000);
      socket.connect(new java.net.InetSocketAddress("127.0.0.1", port), 60_000);
      if (socket instanceof SSLSocket secure) {
        secure.startHandshake();
        certificates.add(
            ((X509Certificate) secure.getSession().getPeerCertificates()[0]).getSerialNumber());
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Which certificate it is, is what the test looks at. */
  private static SSLContext trustingAll() throws Exception {
    X509TrustManager all =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {all}, null);
    return context;
  }
}
