package io.upper.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.upper.MainVerticle;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Real children die, hang or do not start, and none is left behind. */
@Timeout(180)
class ProcessPerConnectionModelTest {
  private static final int PATIENCE_MILLIS = 60_000;
  private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("io.upper");

  private final Vertx vertx =
      Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
  private final Lines log = new Lines();
  private Set<Long> before;

  @BeforeEach
  void start() {
    before = pids();
    log.start();
    LOGGER.addAppender(log);
  }

  @AfterEach
  void leavesNoChildBehind() {
    vertx.close().await();
    LOGGER.detachAppender(log);
    assertEquals(Set.of(), children(), "children left");
  }

  @Test
  void childThatIsKilledAffectsItsOwnClientOnly() throws Exception {
    int port = serve(Protocol.TCP, "cat");
    try (Socket first = connect(port)) {
      assertEquals("hello", ask(first, "hello"));
      long victim = children().iterator().next();
      Socket second = connect(port);
      assertEquals("world", ask(second, "world"));

      ProcessHandle.of(victim).orElseThrow().destroyForcibly();

      assertEquals(-1, first.getInputStream().read(), "its client is closed");
      assertEquals("again", ask(second, "again"));
      second.close();
      List<String> lines = log.containing(" closed: ");
      assertEquals(1, lines.size(), lines.toString());
      assertEquals(
          "tcp 127.0.0.1:%d closed: process %d ended with status 137"
              .formatted(first.getLocalPort(), victim),
          lines.get(0));
    }
  }

  @Test
  void commandThatCannotStartAffectsItsOwnClientOnly(@TempDir Path directory) throws Exception {
    Path program = directory.resolve("filter");
    int port = serve(Protocol.TCP, program.toString());
    try (Socket client = connect(port)) {
      assertEquals(-1, client.getInputStream().read());
    }
    List<String> lines = log.containing(" closed: ");
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(
        lines.get(0).contains("cannot start a process: Cannot run program \"" + program),
        lines.get(0));

    Files.writeString(program, "#!/bin/sh\nexec cat\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    try (Socket client = connect(port)) {
      assertEquals("hello", ask(client, "hello"));
    }
  }

  /** Otherwise many of them would make all others wait for a child each. */
  @Test
  void clientsThatConnectAndLeaveNeedNoBuiltInChild() throws Exception {
    int port = serve(Protocol.TCP, server().putNull("command").put("maxProcesses", 1));
    for (int i = 0; i < 500; i++) {
      connect(port).close();
    }
    try (Socket client = connect(port)) {
      assertEquals("HELLO", ask(client, "hello"));
      assertEquals(1, children().size(), "its own");
    }
  }

  /** A command that replies to no input, like {@code date}, runs even if its client half-closed. */
  @Test
  void commandThatNeedsNoInputAnswersAtOnce() throws Exception {
    int port = serve(Protocol.TCP, "echo", "hello");
    try (Socket client = connect(port)) {
      assertEquals("hello\n", read(client, 6));
    }
    assertEquals("hello\n", askAndHalfClose(port, ""));
  }

  @Test
  void childThatHangsIsGoneSoonAfterItsClient() throws Exception {
    int port = serve(Protocol.TCP, "sleep", "1000");
    try (Socket client = connect(port)) {
      client.getOutputStream().write('a');
      await("a child", () -> children().size() == 1);
      reset(client);
    }
    await("no child", () -> children().isEmpty());
  }

  @Test
  void childThatReadsNothingIsGoneSoonAfterItsClient() throws Exception {
    // Descendants of a shell hold the pipes too.
    int port = serve(Protocol.TCP, "sh", "-c", "sleep 1000; true");
    try (SocketChannel client = connectAndSendUntilFull(port)) {
      assertEquals(2, children().size(), "the shell and what it runs");
      reset(client.socket());
    }
    await("no child", () -> children().isEmpty());
  }

  /** The server cannot see whether its client is gone: a FIN would be behind the unread bytes. */
  @Test
  void childThatDoesNotReadItsInputIsKilled() throws Exception {
    ConcurrencyModel model =
        new ProcessPerConnectionModel(List.of("sleep", "1000"), 1, Duration.ofMillis(300));
    RecordedConversation client = new RecordedConversation(vertx);
    model.handle(client).request(ByteBuffer.wrap(new byte[1 << 20]));
    String end = client.end().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertTrue(end.matches("process \\d+ does not read its input: killed"), end);
    await("no child", () -> children().isEmpty());
    model.close().await();
  }

  @Test
  void childThatHangsAfterItsInputHasEndedIsKilled() throws Exception {
    ConcurrencyModel model =
        new ProcessPerConnectionModel(List.of("sleep", "1000"), 1, Duration.ofMillis(300));
    RecordedConversation client = new RecordedConversation(vertx);
    model.handle(client).end();
    String end = client.end().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertTrue(end.matches("process \\d+ does not end: killed"), end);
    model.close().await();
  }

  @Test
  void clientThatIsSlowToReadDoesNotMakeItsChildHang() throws Exception {
    ConcurrencyModel model =
        new ProcessPerConnectionModel(List.of("cat"), 1, Duration.ofMillis(200));
    Promise<Void> slow = Promise.promise();
    RecordedConversation client = new RecordedConversation(vertx, slow.future());
    RequestHandler handler = model.handle(client);
    handler.request(ByteBuffer.wrap(bytes("hello")));
    handler.end();
    assertThrows(
        TimeoutException.class,
        () -> client.end().get(1, TimeUnit.SECONDS),
        "five times as long as a child may be silent");
    slow.complete();
    assertEquals("finished", client.end().get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS));
    model.close().await();
  }

  @Test
  void serverThatStopsLeavesNoHangingChild() throws Exception {
    JsonObject config = config(Protocol.TCP, server("sleep", "1000")).put("drainSeconds", 1);
    MainVerticle verticle = new MainVerticle();
    String id = vertx.deployVerticle(verticle, options(config)).await();
    try (Socket client = connect(verticle.actualPort(Protocol.TCP))) {
      client.getOutputStream().write('a');
      await("a child", () -> children().size() == 1);
      vertx.undeploy(id).await();
      assertEquals(Set.of(), children());
    }
  }

  @Test
  void twoHundredClientsShareEightProcesses() throws Exception {
    JsonObject server = server("tr", "a-z", "A-Z").put("maxProcesses", 8);
    int port = serve(Protocol.TCP, server);
    assertEquals("WARM UP", askAndHalfClose(port, "warm up"));
    long descriptors = openDescriptors();
    AtomicInteger most = new AtomicInteger();
    AtomicBoolean over = new AtomicBoolean();
    Thread sampler = new Thread(() -> sampleChildren(most, over), "sampler");
    sampler.start();

    ExecutorService clients = Executors.newFixedThreadPool(200);
    List<Future<String>> replies = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String text = "client " + i;
      replies.add(clients.submit(() -> askAndHalfClose(port, text)));
    }
    for (int i = 0; i < 200; i++) {
      assertEquals("CLIENT " + i, replies.get(i).get());
    }

    over.set(true);
    sampler.join();
    clients.shutdown();
    assertTrue(most.get() > 1 && most.get() <= 8, "children at once: " + most);
    await("no child", () -> children().isEmpty());
    await(
        "no descriptor more than before (" + descriptors + ")",
        () -> openDescriptors() <= descriptors);
  }

  @Test
  void filterInPythonAnswersAtOnce() throws Exception {
    assumeTrue(runs("python3", "--version"), "needs python3");
    int port = serve(Protocol.TCP, "python3", "examples/upper_filter.py");
    try (Socket client = connect(port)) {
      for (String text : List.of("twenty", "täxis", "straße", "🙂 tigers")) {
        assertEquals(text.toUpperCase(Locale.ROOT), ask(client, text));
      }
      // A character split across two reads.
      client.getOutputStream().write(0xC3);
      client.getOutputStream().flush();
      Thread.sleep(100);
      client.getOutputStream().write(0xA4);
      assertEquals("Ä", read(client, 2));
      client.shutdownOutput();
      assertEquals(-1, client.getInputStream().read());
    }
  }

  @Test
  void builtInFilterIgnoresTheInterruptOfATerminal() throws Exception {
    int port = serve(Protocol.TCP, server().putNull("command"));
    try (Socket client = connect(port)) {
      assertEquals("HELLO", ask(client, "hello"));
      assertTrue(runs("kill", "-INT", "" + children().iterator().next()));
      assertEquals("AGAIN", ask(client, "again"));
    }
  }

  /** JVM options that print must not mix into the reply on standard output. */
  @Test
  void builtInFilterPrintsNoOutputOfTheJvm() throws Exception {
    List<String> command = new ArrayList<>(builtIn());
    command.add(1, "-Xlog:all=info");
    JsonObject server = server(command.toArray(String[]::new));
    assertEquals("HELLO", askAndHalfClose(serve(Protocol.TCP, server), "hello"));
  }

  private static List<String> builtIn() {
    return ProcessPerConnectionModel.builtIn(
        new Job(Job.Kind.NONE, 0), ConfiguredService.of(new Uppercase()));
  }

  @Test
  void eachDatagramHasItsOwnProcess() throws Exception {
    int port = serve(Protocol.UDP, "sh", "-c", "tr a-z A-Z; echo \" $$\"");
    Set<String> pids = new HashSet<>();
    try (DatagramSocket client = datagramSocket(port)) {
      for (int i = 0; i < 5; i++) {
        send(client, "hello");
        String[] reply = receive(client).trim().split(" ");
        assertEquals("HELLO", reply[0]);
        pids.add(reply[1]);
      }
    }
    assertEquals(5, pids.size(), pids.toString());
  }

  @Test
  void datagramWhoseChildFailsGetsNoReply() throws Exception {
    int port =
        serve(Protocol.UDP, "sh", "-c", "read text; case $text in bad) exit 3; esac; echo $text");
    try (DatagramSocket client = datagramSocket(port)) {
      send(client, "bad\n");
      send(client, "good\n");
      assertEquals("good\n", receive(client));
      client.setSoTimeout(200);
      assertThrows(SocketTimeoutException.class, () -> receive(client));
    }
    List<String> lines = log.containing("unanswered");
    assertEquals(1, lines.size(), lines.toString());
    assertTrue(lines.get(0).endsWith("ended with status 3"), lines.get(0));
  }

  @Test
  void childThatRepliesEndlesslyToADatagramIsCutOff() throws Exception {
    int port = serve(Protocol.UDP, "yes");
    try (DatagramSocket client = datagramSocket(port)) {
      send(client, "hello");
      await("a log line", () -> !log.containing("unanswered").isEmpty());
      assertTrue(log.containing("unanswered").get(0).endsWith("does not fit into a datagram"));
    }
    await("no child", () -> children().isEmpty());
  }

  // Servers.

  private int serve(Protocol protocol, String... command) {
    return serve(protocol, server(command));
  }

  private int serve(Protocol protocol, JsonObject server) {
    MainVerticle verticle = new MainVerticle();
    vertx.deployVerticle(verticle, options(config(protocol, server))).await();
    return verticle.actualPort(protocol);
  }

  private static DeploymentOptions options(JsonObject config) {
    return new DeploymentOptions().setConfig(config);
  }

  private static JsonObject server(String... command) {
    return new JsonObject()
        .put("enabled", true)
        .put("host", "127.0.0.1")
        .put("port", 0)
        .put("model", "process-per-connection")
        .put("command", new JsonArray(List.of(command)));
  }

  private static JsonObject config(Protocol protocol, JsonObject server) {
    JsonObject config = new JsonObject();
    for (Protocol other : Protocol.values()) {
      config.put(other.word(), new JsonObject().put("enabled", false));
    }
    return config.put(protocol.word(), server);
  }

  // Clients.

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static String ask(Socket client, String text) throws IOException {
    byte[] bytes = bytes(text);
    client.getOutputStream().write(bytes);
    return read(client, bytes(text.toUpperCase(Locale.ROOT)).length);
  }

  private static String read(Socket client, int length) throws IOException {
    return new String(client.getInputStream().readNBytes(length), StandardCharsets.UTF_8);
  }

  private static String askAndHalfClose(int port, String text) throws IOException {
    try (Socket client = connect(port)) {
      client.getOutputStream().write(bytes(text));
      client.shutdownOutput();
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static SocketChannel connectAndSendUntilFull(int port)
      throws IOException, InterruptedException {
    SocketChannel client =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    client.configureBlocking(false);
    ByteBuffer megabyte = ByteBuffer.allocate(1024 * 1024);
    long sent = 0;
    for (int pauses = 0; pauses < 10; ) {
      int n = client.write(megabyte.clear());
      sent += n;
      if (n == 0) {
        pauses++;
        Thread.sleep(50);
      }
    }
    assertTrue(sent > 1024 * 1024, "sent only " + sent);
    return client;
  }

  private static void reset(Socket client) throws IOException {
    client.setSoLinger(true, 0);
    client.close();
  }

  private static DatagramSocket datagramSocket(int port) throws IOException {
    DatagramSocket socket = new DatagramSocket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(InetAddress.getLoopbackAddress(), port);
    return socket;
  }

  private static void send(DatagramSocket client, String text) throws IOException {
    byte[] bytes = bytes(text);
    client.send(new DatagramPacket(bytes, bytes.length));
  }

  private static String receive(DatagramSocket client) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
    client.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // The system.

  private Set<Long> children() {
    Set<Long> children = pids();
    children.removeAll(before);
    return children;
  }

  private static Set<Long> pids() {
    return ProcessHandle.current()
        .descendants()
        .map(ProcessHandle::pid)
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static void sampleChildren(AtomicInteger most, AtomicBoolean over) {
    while (!over.get()) {
      int now = (int) ProcessHandle.current().children().count();
      most.accumulateAndGet(now, Math::max);
    }
  }

  /** The open descriptors of this process; 0 where unknown. */
  private static long openDescriptors() {
    Path descriptors = Path.of("/proc/self/fd");
    if (Files.notExists(descriptors)) {
      return 0;
    }
    try (Stream<Path> open = Files.list(descriptors)) {
      return open.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "still not: " + what);
      Thread.sleep(20);
    }
  }

  /** The server's log. */
  private static final class Lines extends AppenderBase<ILoggingEvent> {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }

    List<String> containing(String part) {
      return lines.stream().filter(line -> line.contains(part)).toList();
    }
  }
}
