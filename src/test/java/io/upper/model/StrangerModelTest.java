package io.upper.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.StrangerJar;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A model in another jar works like the built-in ones, and its exceptions affect nobody else. */
@Tag("one-jdk")
@Timeout(180)
class StrangerModelTest {
  private static final String SOURCE =
      """
      package stranger;

      import io.upper.config.ModelSettings;
      import io.upper.config.Setting;
      import io.upper.job.Job;
      import io.upper.model.*;
      import io.vertx.core.Future;
      import java.nio.ByteBuffer;
      import java.util.List;

      /** Throws in the method that its setting names. */
      public final class FussyModel implements ConcurrencyModel {
        private static final Setting<String> FAULT = Setting.text("fault", "none");
        private static final Setting<Integer> FUSSINESS = Setting.integer("fussiness", 1, 9, 3);

        private final String fault;

        private FussyModel(String fault) {
          this.fault = fault;
          throwIf("create");
        }

        private void throwIf(String place) {
          if (fault.equals(place)) {
            throw new AssertionError("fussy about " + place);
          }
        }

        public RequestHandler handle(Conversation conversation) {
          throwIf("handle");
          if (fault.equals("null")) {
            return null;
          }
          Work work = new Work(conversation);
          return new RequestHandler() {
            public void request(ByteBuffer bytes) {
              throwIf("request");
              if (!fault.equals("waiting")) {
                // Later, as in most models.
                conversation.context().runOnContext(v -> {
                  try {
                    conversation.reply(work.serve(bytes));
                    conversation.next();
                  } catch (InterruptedException e) {
                    conversation.fail(e);
                  }
                });
              }
            }

            public void end() {
              throwIf("end");
              conversation.finish();
            }

            public boolean isWaiting() {
              throwIf("waiting");
              return false;
            }

            public void cancel() {
              throwIf("cancel");
            }
          };
        }

        public boolean answersWithinCall(Job job) {
          throwIf("answersWithinCall");
          return false;
        }

        public Future<Void> close() {
          throwIf("close");
          return Future.succeededFuture();
        }

        public static final class Factory implements ModelFactory {
          public String word() {
            return "fussy";
          }

          public List<Setting<?>> settings() {
            return List.of(FAULT, FUSSINESS);
          }

          public Parallelism parallelism(ModelSettings settings) {
            return new Parallelism(
                settings.get(FUSSINESS), Parallelism.Worker.EVENT_LOOP, false);
          }

          public String sentence() {
            return "wherever it pleases";
          }

          public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
            return new FussyModel(settings.get(FAULT));
          }
        }
      }
      """;

  @TempDir private static Path directory;
  private static Path jar;
  private static Path withoutSource;
  private static Path broken;

  @BeforeAll
  static void compile() throws IOException {
    StrangerJar stranger = new StrangerJar(directory, "FussyModel", SOURCE);
    List<String> factory = List.of("stranger.FussyModel$Factory");
    String type = ModelFactory.class.getName();
    jar = stranger.pack(directory.resolve("fussy.jar"), type, factory);
    Files.delete(stranger.file("FussyModel.java"));
    withoutSource = stranger.pack(directory.resolve("bare.jar"), type, factory);
    broken = stranger.pack(directory.resolve("broken.jar"), type, List.of("stranger.Nothing"));
  }

  private static UpperProcess.Builder upper(Path jar) {
    return UpperProcess.ofClassesAnd(jar).in(directory);
  }

  @Test
  void itsSourceIsShownIfTheJarHasIt() throws Exception {
    assertEquals(SOURCE, upper(jar).run("show", "fussy").out());
    UpperProcess.Ended without = upper(withoutSource).run("show", "fussy");
    assertEquals(
        "the source stranger/FussyModel.java is not in " + withoutSource + "\n", without.err());
    assertEquals(1, without.status());
  }

  @Test
  void anUnusableJarIsReportedInOneLine() throws Exception {
    assertUnusableJarIsReported("serve");
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"config", "show", "lab --help", "lab scaling --help"})
  void anUnusableJarIsReportedByEveryCommand(String command) throws Exception {
    assertUnusableJarIsReported(command);
  }

  private static void assertUnusableJarIsReported(String command) throws Exception {
    UpperProcess.Ended ended = upper(broken).run(command.split(" "));
    String line = broken + ": stranger.Nothing cannot be used: there is no such class";
    assertTrue(ended.err().contains(line), ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void itsSettingsAreCheckedLikeAllOthers() throws Exception {
    UpperProcess.Ended ended =
        upper(jar)
            .environment("UPPER_TCP_FUSSINESS", "10")
            .run("config", "-conf", "{\"udp\": {\"model\": \"fussy\"}}");
    assertEquals("environment: /tcp/fussiness: 10 is not in 1..9\n", ended.err());
    assertEquals(2, ended.status());
    JsonObject schema = new JsonObject(upper(jar).run("config", "--schema").out());
    JsonObject tcp = schema.getJsonObject("properties").getJsonObject("tcp");
    assertEquals(
        new JsonObject("{\"type\": \"integer\", \"minimum\": 1, \"maximum\": 9, \"default\": 3}"),
        tcp.getJsonObject("properties").getJsonObject("fussiness"));
  }

  @Test
  @Tag("slow")
  void theLabMeasuresIt() throws Exception {
    UpperProcess.Ended ended =
        upper(jar).run("lab", "--models", "fussy", "--clients", "4", "--job", "sleep:10ms");
    assertEquals("", ended.err());
    assertTrue(ended.out().contains("16 requests of 10 ms, 3 at a time"), ended.out());
  }

  /** A server whose configuration can be changed. */
  private record Server(UpperProcess process, Path conf, int tcp, int udp)
      implements AutoCloseable {
    static Server start() throws Exception {
      Path conf = Files.createTempFile(directory, "conf", ".json");
      configure(conf, "none");
      UpperProcess process = upper(jar).start("-conf", conf.toString());
      return new Server(
          process, conf, process.awaitPort(Protocol.TCP), process.awaitPort(Protocol.UDP));
    }

    private static void configure(Path conf, String fault) throws IOException {
      JsonObject server =
          new JsonObject()
              .put("host", "127.0.0.1")
              .put("port", 0)
              .put("model", "fussy")
              .put("maxWaitMillis", 1_000)
              .put("fault", fault);
      JsonObject document =
          new JsonObject()
              .put("tcp", server)
              .put("udp", server)
              .put("tls", new JsonObject().put("enabled", false));
      Path written = Files.writeString(conf.resolveSibling("written"), document.encode());
      Files.move(written, conf, StandardCopyOption.REPLACE_EXISTING);
    }

    void fault(String before, String after) throws Exception {
      configure(conf, after);
      process.awaitSaid(".*tcp/fault: " + before + " -> " + after);
      process.awaitSaid(".*udp/fault: " + before + " -> " + after);
    }

    Socket connect() throws IOException {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcp);
      socket.setSoTimeout(60_000);
      return socket;
    }

    @Override
    public void close() {
      process.close();
    }
  }

  private static void ask(Socket client) throws IOException {
    client.getOutputStream().write("hello".getBytes(UTF_8));
    assertEquals("HELLO", new String(client.getInputStream().readNBytes(5), UTF_8));
  }

  private static void ask(DatagramSocket client, int port) throws IOException {
    send(client, port);
    DatagramPacket reply = new DatagramPacket(new byte[9], 9);
    client.receive(reply);
    assertEquals("HELLO", new String(reply.getData(), 0, reply.getLength(), UTF_8));
  }

  private static void send(DatagramSocket client, int port) throws IOException {
    byte[] request = "hello".getBytes(UTF_8);
    client.send(
        new DatagramPacket(request, request.length, InetAddress.getLoopbackAddress(), port));
  }

  /** Where it throws, and the log lines of the connection and of the datagram. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          request           | tcp .*fussy about request.*            | udp .*fussy about request.*
          cancel            | fussy about cancel                     | ''
          """)
  void anExceptionEndsItsOwnConversation(String fault, String stream, String datagram)
      throws Exception {
    assertEndsItsOwnConversation(fault, stream, datagram);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          handle            | tcp .*fussy about handle.*             | udp .*fussy about handle.*
          null              | tcp .*returned no handler.*                | udp .*returned no handler.*
          answersWithinCall | tcp .*fussy about answersWithinCall.*  | udp .*fussy about answersWithinCall.*
          end               | tcp .*fussy about end.*                | udp .*fussy about end.*
          waiting           | tcp .*fussy about waiting.*            | udp .*fussy about waiting.*
          """)
  void anExceptionAnywhereEndsItsOwnConversation(String fault, String stream, String datagram)
      throws Exception {
    assertEndsItsOwnConversation(fault, stream, datagram);
  }

  private static void assertEndsItsOwnConversation(String fault, String stream, String datagram)
      throws Exception {
    try (Server server = Server.start();
        Socket other = server.connect();
        DatagramSocket datagrams = new DatagramSocket()) {
      datagrams.setSoTimeout(60_000);
      ask(other);
      ask(datagrams, server.udp());
      server.fault("none", fault);
      try (Socket victim = server.connect()) {
        victim.getOutputStream().write("hello".getBytes(UTF_8));
        if (fault.equals("cancel")) {
          assertArrayEquals("HELLO".getBytes(UTF_8), victim.getInputStream().readNBytes(5));
        } else {
          victim.shutdownOutput();
          awaitClose(victim);
        }
      }
      if (fault.equals("cancel")) {
        server.process().awaitError(stream);
      } else {
        server.process().awaitSaid(".*" + stream);
      }
      send(datagrams, server.udp());
      if (datagram.isEmpty()) {
        datagrams.receive(new DatagramPacket(new byte[9], 9));
      } else {
        server.process().awaitSaid(".*" + datagram);
      }
      ask(other);
      server.fault(fault, "none");
      ask(datagrams, server.udp());
      try (Socket next = server.connect()) {
        ask(next);
      }
      end(server);
    }
  }

  /** A reset counts too, since its request may be unread. */
  private static void awaitClose(Socket client) throws IOException {
    try {
      client.getInputStream().readAllBytes();
    } catch (SocketException e) {
      assertEquals("Connection reset", e.getMessage());
    }
  }

  @Test
  @Tag("slow")
  void oneThatCannotBeCreatedChangesNothing() throws Exception {
    try (Server server = Server.start()) {
      Server.configure(server.conf(), "create");
      server
          .process()
          .awaitError("fussy cannot be created: java.lang.AssertionError: fussy about create");
      try (Socket next = server.connect()) {
        ask(next);
      }
      end(server);
    }
    UpperProcess.Ended ended =
        upper(jar).run("-conf", "{\"tcp\": {\"model\": \"fussy\", \"fault\": \"create\"}}");
    assertEquals(
        "the model fussy cannot be created: java.lang.AssertionError: fussy about create\n",
        ended.err());
    assertEquals(1, ended.status());
  }

  @Test
  @Tag("slow")
  void oneThatCannotBeClosedIsLogged() throws Exception {
    try (Server server = Server.start()) {
      server.fault("none", "close");
      try (Socket client = server.connect()) {
        ask(client);
      }
      server.fault("close", "none");
      server.process().awaitError("cannot close a model: java.lang.AssertionError: fussy about");
      end(server);
    }
  }

  private static void end(Server server) throws Exception {
    server.process().signal("TERM");
    UpperProcess.Ended ended = server.process().awaitEnd();
    assertEquals(0, ended.status(), ended.err());
    String all = ended.out() + ended.err();
    assertTrue(all.lines().noneMatch(line -> line.startsWith("\tat ")), all);
  }
}
