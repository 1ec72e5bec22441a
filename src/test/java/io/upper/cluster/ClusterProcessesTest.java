package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.FreePort;
import io.upper.UpperProcess;
import io.upper.admin.Admin;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Gateways and job nodes, each a process of its own, on the loopback. */
@Timeout(600)
@Tag("slow")
@Tag("one-jdk")
class ClusterProcessesTest {
  private static final int CLIENTS = 20;
  private static final Pattern METRIC = Pattern.compile("(?m)^\\| `(upper_cluster_\\w+)` \\|");

  @TempDir private Path directory;

  // Others do not join by accident: a name and ports of its own.
  private final int port = FreePort.ofSuccessive(8);
  private final JsonObject cluster = new JsonObject().put("name", "test-" + port).put("port", port);
  private final List<UpperProcess> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(UpperProcess::close);
  }

  private UpperProcess start(JsonObject conf, String... command) throws IOException {
    UpperProcess process =
        UpperProcess.ofClasses()
            .in(directory)
            .jvm("-Xmx128m")
            .environment("UPPER_CONF", conf.encode())
            .start(command);
    processes.add(process);
    return process;
  }

  private UpperProcess node(JsonObject section) throws IOException {
    return start(new JsonObject().put("cluster", section), "node");
  }

  /** A node that a gateway gives jobs. */
  private UpperProcess workingNode() throws Exception {
    UpperProcess node = node(cluster);
    node.awaitLine("job node .*: a gateway gives it jobs");
    return node;
  }

  private UpperProcess gateway(JsonObject section, int maxWaitMillis) throws IOException {
    JsonObject off = new JsonObject().put("enabled", false);
    return start(
        new JsonObject()
            .put(
                "tcp",
                new JsonObject()
                    .put("host", "127.0.0.1")
                    .put("port", 0)
                    .put("model", "cluster")
                    .put("maxWaitMillis", maxWaitMillis))
            .put("udp", off)
            .put("tls", off)
            .put("job", new JsonObject().put("kind", "sleep").put("millis", 5))
            .put(
                "admin",
                new JsonObject().put("enabled", true).put("host", "127.0.0.1").put("port", 0))
            .put("cluster", section),
        "serve",
        "-v");
  }

  private static Admin admin(UpperProcess gateway) throws InterruptedException {
    String line = "admin listening on .*:(\\d+)";
    return new Admin(Integer.parseInt(gateway.awaitSaid(line).group(1)));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static String ask(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
  }

  @Test
  void aGatewayWithoutANodeWaitsForOne() throws Exception {
    UpperProcess gateway = gateway(cluster, 60_000);
    int tcp = gateway.awaitPort(Protocol.TCP);
    Admin admin = admin(gateway);
    admin.awaitReady("503 no job node");
    try (Socket client = connect(tcp)) {
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      gateway.awaitError("no job node: requests wait");
      UpperProcess node = workingNode();
      assertEquals(
          "HELLO", new String(client.getInputStream().readNBytes(5), StandardCharsets.UTF_8));
      gateway.awaitLine("job nodes: 1; requests go on");
      gateway.awaitError(" by=node 127.0.0.1:");
      assertEquals("200 ready", admin.health("ready"));
      assertMetricsAreDocumented(admin);

      node.signal("TERM");
      UpperProcess.Ended ended = node.awaitEnd();
      assertEquals(0, ended.status());
      assertTrue(ended.out().contains("leaves"), ended.out());
      assertEquals("", ended.err());
      admin.awaitReady("503 no job node");
      workingNode();
      admin.awaitReady("200 ready");
      assertEquals("AGAIN", ask(client, "again"));
    }
    gateway.signal("TERM");
    assertEquals(0, gateway.awaitEnd().status());
  }

  private static void assertMetricsAreDocumented(Admin admin) throws Exception {
    Set<String> exposed =
        admin.names().stream()
            .filter(name -> name.startsWith("upper_cluster_"))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> documented =
        METRIC
            .matcher(Files.readString(Path.of("docs/cluster.md")))
            .results()
            .map(row -> row.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(documented, exposed);
  }

  /** Hazelcast would ask it again and again to vote for a master, for minutes. */
  @Test
  void aSilentServerOnAPortOfTheClusterKeepsNobodyFromStarting() throws Exception {
    try (ServerSocket silent = new ServerSocket(port + 1, 50, InetAddress.getLoopbackAddress())) {
      UpperProcess gateway = gateway(cluster, 0);
      int tcp = gateway.awaitPort(Protocol.TCP);
      node(cluster).awaitLine("job node 127.0.0.1:" + (port + 2) + ": a gateway gives it jobs");
      try (Socket client = connect(tcp)) {
        assertEquals("HELLO", ask(client, "hello"));
      }
    }
  }

  @Test
  void clustersThatFormedApartBecomeOne() throws Exception {
    UpperProcess node = node(cluster);
    node.awaitLine("job node .* of cluster .*");
    node.signal("STOP");
    // Nobody answers, so the gateway forms a cluster of its own.
    UpperProcess gateway = gateway(cluster, 60_000);
    try (Socket client = connect(gateway.awaitPort(Protocol.TCP))) {
      node.signal("CONT");
      assertEquals("HELLO", ask(client, "hello"));
    }
  }

  @Test
  void withoutANodeARequestIsGivenUp() throws Exception {
    UpperProcess gateway = gateway(cluster, 1_500);
    try (Socket client = connect(gateway.awaitPort(Protocol.TCP))) {
      client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
      assertEquals(-1, client.getInputStream().read());
      gateway.awaitError("no job node: requests wait");
      gateway.awaitError("has waited for 1500 ms");
    }
  }

  /** Killed, stopped and resumed, asked to leave, the oldest of the cluster, all but one. */
  @Test
  void whateverHappensToNodesNoReplyIsWrongLostOrDoubled() throws Exception {
    UpperProcess oldest = node(cluster);
    oldest.awaitLine("job node .* of cluster .*");
    UpperProcess gateway = gateway(cluster, 0);
    Admin admin = admin(gateway);
    UpperProcess second = workingNode();
    UpperProcess third = workingNode();
    admin.await("upper_cluster_nodes", "", nodes -> nodes == 3);
    try (CheckedClients clients = new CheckedClients(gateway.awaitPort(Protocol.TCP), CLIENTS)) {
      clients.awaitMore(200);

      oldest.signal("KILL");
      admin.await("upper_cluster_nodes", "", nodes -> nodes == 2);
      clients.awaitMore(200);

      second.signal("STOP");
      admin.await("upper_cluster_nodes", "", nodes -> nodes == 1);
      clients.awaitMore(200);
      second.signal("CONT");
      admin.await("upper_cluster_nodes", "", nodes -> nodes == 2);
      clients.awaitMore(200);

      third.signal("TERM");
      assertEquals(0, third.awaitEnd().status());
      clients.awaitMore(200);

      UpperProcess fourth = workingNode();
      admin.await("upper_cluster_nodes", "", nodes -> nodes == 2);
      second.signal("KILL");
      clients.awaitMore(200);
      // All are killed: requests wait for the next one.
      fourth.signal("KILL");
      admin.await("upper_cluster_nodes", "", nodes -> nodes == 0);
      UpperProcess last = workingNode();
      clients.awaitMore(200);

      // A restart storm: each is killed as soon as the next one has jobs, and another one starts.
      UpperProcess next = node(cluster);
      for (int i = 0; i < 3; i++) {
        next.awaitLine("job node .*: a gateway gives it jobs");
        last.signal("KILL");
        last = next;
        next = node(cluster);
      }
      clients.awaitMore(200);
      clients.finish();
    }
    assertTrue(admin.sum("upper_cluster_retries_total", "") > 0);
  }

  @Test
  void aGatewayMayBeItsOwnNode() throws Exception {
    UpperProcess gateway = gateway(cluster.copy().put("work", true), 0);
    try (Socket client = connect(gateway.awaitPort(Protocol.TCP))) {
      assertEquals("HELLO", ask(client, "hello"));
      // It leaves last: its own requests are still served.
      gateway.signal("TERM");
      assertEquals(0, gateway.awaitEnd().status());
      assertEquals(-1, client.getInputStream().read());
    }
  }

  @Test
  void aNodeOfAnotherClusterGetsNoJobAndBothSayWhy() throws Exception {
    UpperProcess gateway = gateway(cluster, 0);
    Admin admin = admin(gateway);
    gateway.awaitPort(Protocol.TCP);
    UpperProcess node = node(cluster.copy().put("name", "other-" + port));
    gateway.awaitError("members part of different cluster");
    node.awaitError("the target cluster has a different cluster-name");
    assertEquals("503 no job node", admin.health("ready"));
  }

  @Test
  void theEventBusMayBeEncrypted() throws Exception {
    // Its own CA, for servers and clients.
    String make =
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=bus";
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(make.split(" ")));
    Process openssl =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertEquals(0, openssl.waitFor());
    JsonObject tls =
        new JsonObject().put("certificate", "cert.pem").put("key", "key.pem").put("ca", "cert.pem");
    JsonObject encrypted = cluster.copy().put("tls", tls);
    UpperProcess gateway = gateway(encrypted, 0);
    int tcp = gateway.awaitPort(Protocol.TCP);
    node(encrypted).awaitLine("job node .*: a gateway gives it jobs");
    try (Socket client = connect(tcp)) {
      assertEquals("HELLO", ask(client, "hello"));
    }
    // One that speaks plainly reaches nobody.
    UpperProcess plain = node(cluster);
    plain.awaitLine("job node .* of cluster .*");
    assertEquals(1, admin(gateway).sum("upper_cluster_nodes", ""));
  }

  @Test
  void aNodeWithAnotherSecretGetsNoJobAndBothSayWhy() throws Exception {
    UpperProcess gateway = gateway(cluster.copy().put("secret", "of-the-gateway"), 0);
    Admin admin = admin(gateway);
    gateway.awaitPort(Protocol.TCP);
    UpperProcess node = node(cluster.copy().put("secret", "of-the-node"));
    gateway.awaitError("gets no job: its cluster.secret is another one");
    node.awaitError("a gateway gives this node no jobs: cluster.secret is another one there");
    assertEquals("503 no job node", admin.health("ready"));
    for (UpperProcess process : List.of(gateway, node)) {
      process.signal("TERM");
      UpperProcess.Ended ended = process.awaitEnd();
      assertFalse((ended.out() + ended.err()).contains("of-the-"), "a secret is printed");
    }
  }
}
