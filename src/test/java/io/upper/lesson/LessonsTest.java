package io.upper.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.ChildClassPath;
import io.upper.TestCertificates;
import io.upper.TrustedCa;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs every lesson in a separate process, with ten concurrent clients. */
class LessonsTest {
  private static final int CLIENTS = 10;
  private static final int PATIENCE_SECONDS = 120;
  private static final int PATIENCE_MILLIS = PATIENCE_SECONDS * 1000;
  private static final int JAVA_WITH_VIRTUAL_THREADS = 21;

  @TempDir Path directory;

  static Stream<String> servers() throws IOException {
    return LessonSources.names().stream()
        .filter(name -> !isClient(name) && !name.startsWith("VertxCluster"));
  }

  static Stream<String> clients() throws IOException {
    return LessonSources.names().stream().filter(LessonsTest::isClient);
  }

  /** Lessons that print replies to their standard input. */
  private static boolean isClient(String name) {
    return name.endsWith("Client") || name.equals("VertxEventBus");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void servesTenClientsAndExitsOnSigterm(String name) throws Exception {
    int java = Runtime.version().feature();
    assumeTrue(!name.equals("VertxStreams") || java >= JAVA_WITH_VIRTUAL_THREADS, "needs Java 21");
    try (Lesson server = start(name, arguments(name))) {
      Asker asker = asker(name, server.awaitListening());
      ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
      try {
        List<Callable<String>> asks =
            IntStream.range(0, CLIENTS)
                .<Callable<String>>mapToObj(i -> () -> asker.ask("Hello number " + i))
                .toList();
        List<String> replies = new ArrayList<>();
        for (Future<String> reply : clients.invokeAll(asks)) {
          replies.add(reply.get());
        }
        assertEquals(
            IntStream.range(0, CLIENTS).mapToObj(i -> "HELLO NUMBER " + i).toList(), replies);
      } finally {
        clients.shutdownNow();
      }
      server.assertEndsOnSigterm();
    }
  }

  @ParameterizedTest
  @MethodSource("clients")
  void printsTheReplies(String name) throws Exception {
    List<String> expected = List.of("Reply is 'HELLO'", "Reply is 'WORLD'");
    if (name.equals("VertxEventBus")) {
      // Two consumers: either may reply first.
      assertEquals(expected, replies(name).stream().sorted().toList());
      return;
    }
    String serverName = serverOf(name);
    try (Lesson server = start(serverName, arguments(serverName))) {
      String address = server.awaitListening();
      String[] args =
          switch (name) {
            case "UnixClient" -> new String[] {address};
            case "McastClient" -> new String[] {"239.0.0.1", address, loopback()};
            case "TlsClient" -> new String[] {"localhost", address};
            default -> new String[] {"127.0.0.1", address};
          };
      assertEquals(expected, replies(name, args));
    }
  }

  @Test
  @Tag("slow")
  void aWorkerInAnotherProcessServesTheGatewaysClients() throws Exception {
    String port = "" + freePort();
    try (Lesson gateway = start("VertxClusterGateway", port);
        Lesson worker = start("VertxClusterWorker", port)) {
      gateway.awaitListening();
      worker.awaitListening();
      assertEquals("HELLO", askTcp("hello", Integer.parseInt(port)));
      worker.assertEndsOnSigterm();
      gateway.assertEndsOnSigterm();
      worker.awaitEnd();
      String served = "process " + worker.process.pid() + " has a message";
      assertTrue(worker.output().contains(served), worker.output());
    }
  }

  private static int freePort() throws IOException {
    try (Socket free = new Socket()) {
      free.bind(new InetSocketAddress("127.0.0.1", 0));
      return free.getLocalPort();
    }
  }

  /** The next call fails instead of waiting. */
  @Test
  void theConnectedClientReportsAClosedPort() throws Exception {
    int free;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    try (Lesson client = start("UdpConnectedClient", "127.0.0.1", "" + free)) {
      client.send("hello\n");
      assertEquals(1, client.awaitEnd());
      assertTrue(client.output().contains("nobody listens there"), client.output());
    }
  }

  @Test
  void withoutVirtualThreadsVertxStreamsNamesTheRequiredJava() throws Exception {
    assumeTrue(Runtime.version().feature() < JAVA_WITH_VIRTUAL_THREADS, "has them");
    try (Lesson streams = start("VertxStreams")) {
      assertEquals(2, streams.awaitEnd());
      assertEquals("vertx-streams needs Java 21 or later, for virtual threads\n", streams.output());
    }
  }

  /** An IPv6 link-local group needs a link: a virtual pair between two network namespaces. */
  @Test
  void aLinkLocalGroupRepliesOverIpv6() throws Exception {
    assumeTrue(canMakeNamespaces(), "needs root, unshare and ip, to make network namespaces");
    String script =
        """
        set -e
        unshare -n sleep 300 & peer=$!
        trap 'kill $peer $server' EXIT
        until [ "$(readlink /proc/$peer/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
        ip link add name end1 type veth peer name end2
        ip link set end2 netns $peer
        echo 0 >/proc/sys/net/ipv6/conf/end1/accept_dad
        nsenter -t $peer -n sh -c 'echo 0 >/proc/sys/net/ipv6/conf/end2/accept_dad; ip link set end2 up'
        ip link set end1 up
        until ip -6 address show end1 | grep -q fe80; do sleep 0.1; done
        mkfifo log
        nsenter -t $peer -n "$@" io.upper.lesson.McastServer 2000 ff02::1:f00d end2 >log & server=$!
        grep -q -m1 listening <log
        echo hello | "$@" io.upper.lesson.McastClient ff02::1:f00d 2000 end1
        """;
    List<String> command = new ArrayList<>(List.of("unshare", "-n", "bash", "-c", script, "bash"));
    command.addAll(Lesson.JAVA);
    try (Lesson shell = new Lesson(Lesson.process(directory, command).start())) {
      assertEquals(0, shell.awaitEnd(), shell.output());
      assertTrue(shell.output().startsWith("Reply is 'HELLO' from /[fe80:"), shell.output());
    }
  }

  private static boolean canMakeNamespaces() throws Exception {
    try {
      return new ProcessBuilder("unshare", "-n", "ip", "link", "show").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Lessons that need only the JDK run from source, including their child processes. */
  @ParameterizedTest
  @ValueSource(strings = {"TcpSelect", "TcpProcess", "TcpPrefork"})
  @Tag("slow")
  void runsFromItsSource(String name) throws Exception {
    String source = Path.of("src/main/java/io/upper/lesson", name + ".java").toAbsolutePath() + "";
    List<String> command = List.of(Lesson.JAVA.get(0), source, "0");
    try (Lesson server = new Lesson(Lesson.process(directory, command).start())) {
      int port = Integer.parseInt(server.awaitListening());
      assertEquals("HELLO", askTcp("hello", port));
      server.assertEndsOnSigterm();
    }
  }

  /** Deployed by Vert.x, with instances that share the port and the load. */
  @ParameterizedTest
  @ValueSource(strings = {"VertxTcp", "VertxUdp"})
  void instancesShareTheLoad(String name) throws Exception {
    int port = freePort();
    try (UpperProcess process =
        UpperProcess.ofClasses()
            .start(
                "run",
                "io.upper.lesson." + name,
                "-conf",
                "{\"port\":" + port + "}",
                "-instances",
                "4")) {
      for (int i = 0; i < 4; i++) {
        process.awaitLine("listening on port " + port);
      }
      Set<String> threads = new HashSet<>();
      Asker asker = asker(name, "" + port);
      // The kernel distributes datagrams by a hash of the source: repeat until two have served.
      while (threads.size() < 2) {
        assertEquals("HELLO", asker.ask("hello"));
        threads.add(process.awaitLine("(vert.x-eventloop-thread-\\d+) .*").group(1));
      }
      process.signal("TERM"); // A killed one would leave Vert.x's cache directory behind.
      assertEquals(0, process.awaitEnd().status());
    }
  }

  private List<String> replies(String name, String... args) throws Exception {
    try (Lesson client = start(name, args)) {
      client.send("hello\nworld\n");
      assertEquals(0, client.awaitEnd(), client.output());
      // The reply of a multicast member includes its address.
      return client
          .output()
          .lines()
          .filter(line -> line.startsWith("Reply"))
          .map(line -> line.replaceFirst(" from .*", ""))
          .toList();
    }
  }

  private Lesson start(String name, String... args) throws IOException {
    return Lesson.start(directory, name, args);
  }

  private static String serverOf(String client) {
    return switch (client) {
      case "TcpClient", "VertxClient" -> "TcpThread";
      case "UdpClient", "UdpConnectedClient" -> "UdpServer";
      case "TlsClient" -> "TlsServer";
      case "UnixClient" -> "UnixServer";
      case "McastClient" -> "McastServer";
      default -> fail(client + ": a client of an unknown kind");
    };
  }

  private String[] arguments(String name) throws IOException {
    if (name.startsWith("Unix")) {
      return new String[] {directory.resolve("socket").toString()};
    }
    if (name.endsWith("Tls") || name.startsWith("Tls")) {
      TestCertificates.copyTo(directory.resolve("certs"));
    }
    return name.startsWith("Mcast")
        ? new String[] {"0", "239.0.0.1", loopback()}
        : new String[] {"0"};
  }

  private static String loopback() throws IOException {
    return NetworkInterface.getByInetAddress(InetAddress.getByName("127.0.0.1")).getName();
  }

  /** Sends a request to a server of that kind. */
  private interface Asker {
    String ask(String text) throws Exception;
  }

  private Asker asker(String name, String address) {
    if (name.startsWith("Udp") || name.equals("VertxUdp")) {
      return text -> askUdp(text, Integer.parseInt(address));
    }
    if (name.startsWith("Mcast")) {
      return text -> askGroup(text, Integer.parseInt(address));
    }
    if (name.startsWith("Unix")) {
      return text -> askUnix(text, address);
    }
    if (name.startsWith("Tls") || name.equals("VertxTls")) {
      return text -> askTls(text, Integer.parseInt(address));
    }
    if (List.of("NettyTcp", "VertxTcp", "VertxWorker", "VertxStreams").contains(name)
        || name.startsWith("Tcp")) {
      return text -> askTcp(text, Integer.parseInt(address));
    }
    return fail(name + ": a server of an unknown kind");
  }

  private static String askTcp(String text, int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      return ask(text, socket);
    }
  }

  private String askTls(String text, int port) throws Exception {
    Path ca = directory.resolve("certs").resolve(CertificateAuthority.CA_CERTIFICATE);
    SSLContext trusting = TrustedCa.context(ca);
    try (Socket socket = trusting.getSocketFactory().createSocket("localhost", port)) {
      return ask(text, socket);
    }
  }

  private static String ask(String text, Socket socket) throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    return new String(socket.getInputStream().readNBytes(text.length()), StandardCharsets.UTF_8);
  }

  private static String askUnix(String text, String path) throws IOException {
    try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
      socket.write(StandardCharsets.UTF_8.encode(text));
      ByteBuffer reply = ByteBuffer.allocate(text.length());
      while (reply.hasRemaining() && socket.read(reply) >= 0) {
        // It may arrive in parts.
      }
      return StandardCharsets.UTF_8.decode(reply.flip()).toString();
    }
  }

  private static String askUdp(String text, int port) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return ask(text, socket, new InetSocketAddress("127.0.0.1", port));
    }
  }

  private static String askGroup(String text, int port) throws IOException {
    try (MulticastSocket socket = new MulticastSocket()) {
      socket.setNetworkInterface(NetworkInterface.getByName(loopback()));
      return ask(text, socket, new InetSocketAddress("239.0.0.1", port));
    }
  }

  private static String ask(String text, DatagramSocket socket, InetSocketAddress server)
      throws IOException {
    socket.setSoTimeout(PATIENCE_MILLIS);
    byte[] request = text.getBytes(StandardCharsets.UTF_8);
    socket.send(new DatagramPacket(request, request.length, server));
    DatagramPacket reply = new DatagramPacket(new byte[100], 100);
    socket.receive(reply);
    return new String(reply.getData(), 0, reply.getLength(), StandardCharsets.UTF_8);
  }

  /** A lesson in a separate process, with standard error merged into standard output. */
  static final class Lesson implements AutoCloseable {
    static final List<String> JAVA =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-XX:+IgnoreUnrecognizedVMOptions",
                    "--enable-native-access=ALL-UNNAMED"),
                ChildClassPath.options().stream())
            .toList();

    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final CompletableFuture<String> listening = new CompletableFuture<>();
    private final Thread reader = new Thread(this::read, "output of a lesson");

    private Lesson(Process process) {
      this.process = process;
      reader.setDaemon(true);
      reader.start();
    }

    static Lesson start(Path directory, String name, String... args) throws IOException {
      List<String> command = new ArrayList<>(JAVA);
      command.add("io.upper.lesson." + name);
      command.addAll(List.of(args));
      return new Lesson(process(directory, command).start());
    }

    static ProcessBuilder process(Path directory, List<String> command) {
      ProcessBuilder process =
          new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true);
      // Not an argument: a process cannot read a long command line of its own from the system.
      process.environment().put("CLASSPATH", ChildClassPath.classPath());
      return process;
    }

    private void read() {
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          output.append(line).append('\n');
          if (line.startsWith("listening on ")) {
            listening.complete(line.replaceFirst("listening on (port )?", ""));
          }
        }
      } catch (IOException e) {
        output.append(e);
      }
      listening.completeExceptionally(new IOException("the lesson exited: " + output));
    }

    /** The port or path that it listens on. */
    String awaitListening() throws Exception {
      return listening.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    void send(String text) throws IOException {
      try (OutputStream input = process.getOutputStream()) {
        input.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }

    int awaitEnd() throws InterruptedException {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), output());
      reader.join(PATIENCE_MILLIS);
      return process.exitValue();
    }

    String output() {
      return output.toString();
    }

    void assertEndsOnSigterm() throws Exception {
      List<ProcessHandle> family =
          Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
      process.destroy();
      for (ProcessHandle member : family) {
        member.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
