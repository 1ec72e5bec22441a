package io.upper.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperProcess;
import io.upper.config.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A name is served at all its addresses, and each machine has other ones. Names are what a hosts
 * file of the test says; other interfaces are those of a network namespace, where it may make one.
 */
@Tag("one-jdk")
@Timeout(240)
class HostAddressesTest {
  private static final String BOTH = "127.0.0.1 localhost\\n::1 localhost";
  private static final String IPV6 = "::1 localhost";
  private static final String MISSING = "192.0.2.1 localhost";
  private static final String HELLO = "Reply is 'HELLO'\n";
  private static final int PATIENCE_MILLIS = 30_000;

  @TempDir private Path directory;

  private UpperProcess.Builder upper(String hosts) throws IOException {
    Path file = directory.resolve("hosts");
    Files.writeString(file, hosts.replace("\\n", "\n") + "\n");
    return UpperProcess.ofClasses()
        .in(directory)
        .withCertificate()
        .jvm("-Djdk.net.hosts.file=" + file);
  }

  /** In a network of its own, which {@code commands} set up. */
  private UpperProcess.Builder upperAlone(String hosts, String commands) throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && new ProcessBuilder("bash", "-c", "unshare -n ip link set lo up").start().waitFor()
                == 0,
        "needs to make a network namespace: root, unshare and ip");
    return upper(hosts)
        .shell(
            "exec unshare -n bash -c 'ip link set lo up; %s; exec \"$@\"' bash \"$@\""
                .formatted(commands));
  }

  private static void assumeIpv6() {
    assumeTrue(
        assertDoesNotFail(() -> new ServerSocket(0, 1, InetAddress.getByName("::1")).close()),
        "needs IPv6");
  }

  private interface Action {
    void run() throws IOException;
  }

  private static boolean assertDoesNotFail(Action action) {
    try {
      action.run();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static Socket connect(String host, int port) throws IOException {
    Socket socket = new Socket();
    socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void ask(Socket socket) throws IOException {
    socket.getOutputStream().write("hello".getBytes(US_ASCII));
    assertEquals("HELLO", new String(socket.getInputStream().readNBytes(5), US_ASCII));
  }

  private static String askUdp(String host, int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(host, port));
      DatagramPacket packet = new DatagramPacket("hello".getBytes(US_ASCII), 5);
      socket.send(packet);
      socket.receive(packet);
      return new String(packet.getData(), US_ASCII);
    }
  }

  /** What a client in the network of a server prints. */
  private String client(UpperProcess server, String protocol, String host, int port)
      throws Exception {
    try (UpperProcess client =
        UpperProcess.ofClasses()
            .in(directory)
            .shell("exec nsenter --net=/proc/" + server.pid() + "/ns/net \"$@\"")
            .start("client", protocol, host, "" + port)) {
      client.write("hello\n");
      client.endOfInput();
      UpperProcess.Ended ended = client.awaitEnd();
      // Netty may warn, of an interface without a hardware address.
      return ended.out();
    }
  }

  private static void inNetworkOf(UpperProcess server, String commands) throws Exception {
    String network = "--net=/proc/" + server.pid() + "/ns/net";
    Process process = new ProcessBuilder("nsenter", network, "sh", "-c", commands).start();
    assertEquals(0, process.waitFor());
  }

  @Test
  void aNameIsServedAtAllItsAddressesOnOnePort() throws Exception {
    assumeIpv6();
    String conf =
        "{\"tcp\": {\"port\": 0, \"instances\": 2, \"maxConnections\": 2}, \"udp\": {\"port\": 0,"
            + " \"instances\": 2}, \"tls\": {\"port\": 0}, \"admin\": {\"enabled\": true, \"port\":"
            + " 0}}";
    try (UpperProcess server = upper(BOTH).start("-conf", conf)) {
      int admin =
          Integer.parseInt(server.awaitSaid("admin listening on 127.0.0.1:(\\d+)").group(1));
      server.awaitSaid("admin listening on \\[::1]:" + admin);
      int udp = server.awaitPort(Protocol.UDP);
      int tcp = server.awaitPort(Protocol.TCP);
      int tls = server.awaitPort(Protocol.TLS);
      server.awaitSaid("tls listening on \\[::1]:" + tls + " .*");
      for (String host : new String[] {"127.0.0.1", "[::1]"}) {
        assertEquals("HELLO", askUdp(host, udp));
        connect(host, tls).close();
        URI health = URI.create("http://" + host + ":" + admin + "/health/live");
        assertEquals("live\n", new String(health.toURL().openStream().readAllBytes(), US_ASCII));
      }
      // The limit is one for all addresses.
      try (Socket first = connect("127.0.0.1", tcp);
          Socket second = connect("::1", tcp)) {
        ask(first);
        ask(second);
        for (String host : new String[] {"127.0.0.1", "::1"}) {
          try (Socket third = connect(host, tcp)) {
            assertEquals(-1, third.getInputStream().read());
          }
        }
        // Both drain.
        server.signal("TERM");
        assertEquals(-1, first.getInputStream().read());
        assertEquals(-1, second.getInputStream().read());
      }
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals(0, ended.status());
      for (String line :
          new String[] {
            "tcp listening on 127.0.0.1:" + tcp + " (2 instances, event-loop)\n",
            "tcp listening on [::1]:" + tcp + " (2 instances, event-loop)\n",
            "udp listening on 127.0.0.1:" + udp + " (2 instances, event-loop)\n",
            "udp listening on [::1]:" + udp + " (2 instances, event-loop)\n",
          }) {
        assertTrue(ended.out().contains(line), ended.out());
      }
    }
  }

  @Test
  void aPortThatIsBusyOnTheSecondAddressFailsTheStart() throws Exception {
    assertBusyPortFailsTheStart("tcp");
  }

  @Tag("slow")
  @Test
  void aPortThatIsBusyOnTheSecondAddressFailsTheStartOverTlsToo() throws Exception {
    assertBusyPortFailsTheStart("tls");
  }

  private void assertBusyPortFailsTheStart(String protocol) throws Exception {
    assumeIpv6();
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
      int port = busy.getLocalPort();
      UpperProcess.Ended ended =
          upper(BOTH)
              .environment("UPPER_" + protocol.toUpperCase() + "_PORT", "" + port)
              .run(
                  "-conf",
                  "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": 0}}");
      assertEquals(
          protocol + " cannot listen on localhost:" + port + ": ::1: Address already in use\n",
          ended.err());
      assertEquals(1, ended.status());
    }
  }

  @Test
  void twoServersCannotHaveOnePort() throws Exception {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int port = free.getLocalPort();
      free.close();
      UpperProcess.Ended ended =
          upper("127.0.0.1 localhost")
              .run(
                  "-conf",
                  "{\"tcp\": {\"port\": %d}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": %d}}"
                      .formatted(port, port));
      assertTrue(
          ended.err().matches("t.. cannot listen on localhost:" + port + ": Address already .*\n"),
          ended.err());
      assertEquals(1, ended.status());
    }
  }

  @Test
  @Tag("slow")
  void anAddressThatThisMachineLacksIsPassedOver() throws Exception {
    String conf = "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": 0}}";
    try (UpperProcess server = upper("127.0.0.1 localhost\\n" + MISSING).start("-conf", conf)) {
      int tcp = server.awaitPort(Protocol.TCP);
      int udp = server.awaitPort(Protocol.UDP);
      server.awaitPort(Protocol.TLS);
      try (Socket socket = connect("127.0.0.1", tcp)) {
        ask(socket);
      }
      assertEquals("HELLO", askUdp("127.0.0.1", udp));
      server.signal("TERM");
      UpperProcess.Ended ended = server.awaitEnd();
      for (Protocol protocol : Protocol.values()) {
        String line = "(?s).*\\b%s skips 192.0.2.1:\\d+: Cannot assign requested address\n.*";
        assertTrue(ended.out().matches(line.formatted(protocol.word())), ended.out());
      }
      assertEquals("", ended.err());
    }
    UpperProcess.Ended none = upper(MISSING).run("-conf", conf);
    assertTrue(
        none.err().matches("... cannot listen on localhost:0: Cannot assign requested address\n"),
        none.err());
    assertEquals(1, none.status());
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({BOTH + ", ''", IPV6 + ", ''", BOTH + ", sysctl -qw net.ipv6.conf.all.disable_ipv6=1"})
  void theDemoWorksWhateverLocalhostIs(String hosts, String commands) throws Exception {
    assumeIpv6();
    UpperProcess.Builder upper = commands.isEmpty() ? upper(hosts) : upperAlone(hosts, commands);
    UpperProcess.Ended demo = upper.run("demo");
    assertTrue(demo.out().endsWith("\nAll replies are right.\n"), demo.out() + demo.err());
    assertEquals(0, demo.status());
  }

  @Test
  void theHostOfANameCanChangeWhileItRuns() throws Exception {
    assumeIpv6();
    Path conf = directory.resolve("upper.json");
    String text =
        "{\"tcp\": {\"port\": %d, \"host\": \"%s\"}, \"udp\": {\"enabled\": false}, \"tls\":"
            + " {\"enabled\": false}}";
    Files.writeString(conf, text.formatted(0, "localhost"));
    try (UpperProcess server = upper(BOTH).start("-conf", conf.toString())) {
      int port = server.awaitPort(Protocol.TCP);
      try (Socket stays = connect("127.0.0.1", port);
          Socket leaves = connect("::1", port)) {
        ask(stays);
        ask(leaves);
        Files.writeString(conf, text.formatted(0, "127.0.0.1"));
        server.signal("HUP");
        server.awaitLine("tcp/host: localhost -> 127.0.0.1");
        assertEquals(-1, leaves.getInputStream().read());
      }
      assertThrows(ConnectException.class, () -> connect("::1", port));
    }
  }

  @Test
  @Tag("slow")
  void anAddressWithAZoneIsServed() throws Exception {
    String host = "fe80::5%lo";
    String conf =
        "{\"tcp\": {\"port\": 0, \"host\": \"%s\"}, \"udp\": {\"port\": 0, \"host\": \"%s\"}, \"tls\":"
            + " {\"port\": 0, \"host\": \"%s\"}}";
    try (UpperProcess server =
        upperAlone(BOTH, "ip addr add fe80::5/64 dev lo nodad")
            .start("-conf", conf.formatted(host, host, host), "-v")) {
      int udp = awaitPort(server, "udp", host);
      int tcp = awaitPort(server, "tcp", host);
      awaitPort(server, "tls", host);
      assertEquals(HELLO, client(server, "tcp", host, tcp));
      server.awaitError("client=tcp [fe80::5%");
      assertEquals(HELLO, client(server, "udp", host, udp));
      server.awaitError("client=udp [fe80::5%");
    }
  }

  /** A client at ::1 asks at other addresses: unless the server minds, ::1 replies. */
  @Test
  @Tag("slow")
  void overUdpTheAddressesOfTheInterfacesAreFollowed() throws Exception {
    String conf =
        "{\"tcp\": {\"enabled\": false}, \"udp\": {\"port\": 0, \"host\": \"::\", \"instances\": 2},"
            + " \"tls\": {\"enabled\": false}}";
    try (UpperProcess server = upperAlone(BOTH, address("fd77::2")).start("-conf", conf, "-v")) {
      int udp = awaitPort(server, "udp", "::");
      assertEquals(HELLO, client(server, "udp", "fd77::2", udp));
      server.awaitError("client=udp [::1]:");
      inNetworkOf(server, address("fd77::3"));
      assertEquals(HELLO, client(server, "udp", "fd77::3", udp));
      inNetworkOf(server, "ip addr del fd77::2/128 dev lo");
      // Each 32 bits in the processor's order.
      Path sockets = Path.of("/proc/" + server.pid() + "/net/udp6");
      long start = System.nanoTime();
      while (Files.readString(sockets).contains("000077FD000000000000000002000000:")) {
        assertTrue(System.nanoTime() - start < PATIENCE_MILLIS * 1_000_000L, "is not closed");
        Thread.sleep(100);
      }
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }

  /** Commands that add an address, from which what is sent to it does not come. */
  private static String address(String address) {
    return "ip addr add %1$s/128 dev lo; ip -6 route del local %1$s dev lo table local; ip -6 route"
            .formatted(address)
        + " add local %s dev lo table local src ::1".formatted(address);
  }

  private static int awaitPort(UpperProcess server, String protocol, String host)
      throws InterruptedException {
    return Integer.parseInt(
        server.awaitSaid(protocol + " listening on \\[" + host + "]:(\\d+) .*").group(1));
  }
}
