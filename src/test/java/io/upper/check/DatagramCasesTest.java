package io.upper.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.check.WrongDatagramServer.Request;
import io.upper.check.cases.Cases;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each case of UDP fails for a server that is made for it, and a right server passes them. */
@Tag("one-jdk")
class DatagramCasesTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  // For servers whose fault is silence.
  private static final Duration SHORT = Duration.ofMillis(500);
  private static final String FIRST = "Byte # of a reply is not the expected one.";
  private static final String MISSING = "A reply did not come: nothing for # ms.";

  /** A server that fails a case, for this reason. */
  private record Wrong(String reason, Duration patience, Consumer<WrongDatagramServer> fault) {}

  private static final Map<String, Wrong> WRONG = new TreeMap<>();

  static {
    String one = "udp/basic/one-datagram";
    WRONG.put(one, new Wrong(FIRST, LONG, server -> server.upper = text -> text));
    WRONG.put(
        "udp/basic/one-reply",
        new Wrong(
            "A datagram came that nobody asked for.",
            LONG,
            server ->
                server.step =
                    (self, request) -> {
                      self.send(self.map.apply(request.bytes()), request.sender());
                      self.send(self.map.apply(request.bytes()), request.sender());
                    }));
    WRONG.put(
        "udp/basic/asked-address",
        new Wrong(
            "The reply came from /#:#",
            LONG,
            server -> server.step = onlyFrom(DatagramCasesTest::fromAnotherSocket)));
    WRONG.put(
        "udp/basic/two-clients", new Wrong(MISSING, SHORT, server -> server.step = toTheLast()));
    WRONG.put(
        "udp/basic/shorter-after-longer",
        new Wrong(FIRST, LONG, server -> server.step = withOldBytes()));
    WRONG.put(
        "udp/size/empty",
        new Wrong(
            MISSING,
            SHORT,
            server ->
                server.step =
                    (self, request) -> {
                      if (request.bytes().length > 0) {
                        self.send(self.map.apply(request.bytes()), request.sender());
                      }
                    }));
    WRONG.put("udp/size/1472", new Wrong(FIRST, LONG, server -> server.buffer = 1024));
    WRONG.put("udp/size/9000", new Wrong(FIRST, LONG, server -> server.buffer = 8192));
    WRONG.put("udp/size/65507", new Wrong(FIRST, LONG, server -> server.buffer = 65_000));
    Consumer<WrongDatagramServer> endsAtTheTooLong =
        server ->
            server.step =
                (self, request) -> self.send(self.map.apply(request.bytes()), request.sender());
    WRONG.put("udp/size/reply-too-long", new Wrong(MISSING, SHORT, endsAtTheTooLong));
    WRONG.put("udp/serves/at-end", new Wrong(MISSING, SHORT, endsAtTheTooLong));
    WRONG.put(
        "udp/text/utf-8",
        new Wrong(FIRST, LONG, server -> server.upper = DatagramCasesTest::latinOnly));
    WRONG.put(
        "udp/text/sharp-s",
        new Wrong(
            "Byte # of a reply is not the expected one.",
            LONG,
            server ->
                server.map =
                    bytes ->
                        Arrays.copyOf(
                            new String(bytes, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8),
                            bytes.length)));
    WRONG.put(
        "udp/text/invalid-bytes",
        new Wrong("No reply came.", SHORT, server -> server.step = DatagramCasesTest::strict));
    WRONG.put("udp/many/ten-clients", new Wrong(MISSING, SHORT, server -> server.step = some(5)));
    WRONG.put(
        "udp/many/burst",
        new Wrong(
            "# replies did not come: nothing for # ms.", SHORT, server -> server.step = some(20)));
    WRONG.put(
        "udp/serves/at-start",
        new Wrong(
            "A reply did not come: nothing for # s.", SHORT, server -> server.step = (s, r) -> {}));
  }

  /** Right as long as nobody but the asked address matters. */
  private static WrongDatagramServer.Step onlyFrom(WrongDatagramServer.Step step) {
    AtomicInteger requests = new AtomicInteger();
    // Connected clients would hear nothing: those of the discovery and the first case.
    return (server, request) -> {
      if (requests.incrementAndGet() > QUESTIONS) {
        step.serve(server, request);
      } else {
        server.send(server.map.apply(request.bytes()), request.sender());
      }
    };
  }

  // Of the discovery, and udp/serves/at-start.
  private static final int QUESTIONS = 8;

  private static void fromAnotherSocket(WrongDatagramServer server, Request request)
      throws IOException {
    byte[] reply = server.map.apply(request.bytes());
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      other.send(new DatagramPacket(reply, reply.length, request.sender()));
    }
  }

  /** Of two requests, that end with 0 and 1, both replies go to the second client. */
  private static WrongDatagramServer.Step toTheLast() {
    Request[] held = {null};
    return (server, request) -> {
      byte[] bytes = request.bytes();
      if (bytes[bytes.length - 1] == '0') {
        held[0] = request;
        return;
      }
      if (held[0] != null) {
        server.send(server.map.apply(held[0].bytes()), request.sender());
        held[0] = null;
      }
      server.send(server.map.apply(bytes), request.sender());
    };
  }

  private static WrongDatagramServer.Step withOldBytes() {
    byte[][] last = {new byte[0]};
    return (server, request) -> {
      byte[] reply = server.map.apply(request.bytes());
      if (last[0].length > 20 && reply.length < 5) {
        byte[] old = last[0].clone();
        System.arraycopy(reply, 0, old, 0, reply.length);
        reply = old;
      }
      last[0] = reply;
      server.send(reply, request.sender());
    };
  }

  private static String latinOnly(String text) {
    StringBuilder upper = new StringBuilder();
    for (char each : text.toCharArray()) {
      upper.append(each < 0x100 ? String.valueOf(each).toUpperCase(Locale.ROOT) : each);
    }
    return upper.toString();
  }

  /** Does not reply to what is not UTF-8. */
  private static void strict(WrongDatagramServer server, Request request) throws IOException {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(request.bytes()));
    } catch (CharacterCodingException e) {
      return;
    }
    server.send(server.map.apply(request.bytes()), request.sender());
  }

  /** Replies to so many messages that end with a digit, and to all others. */
  private static WrongDatagramServer.Step some(int most) {
    AtomicInteger numbered = new AtomicInteger();
    return (server, request) -> {
      byte[] bytes = request.bytes();
      boolean digit = bytes.length > 0 && Character.isDigit(bytes[bytes.length - 1]);
      if (!digit || numbered.incrementAndGet() <= most) {
        server.send(server.map.apply(bytes), request.sender());
      }
    };
  }

  static List<String> ids() {
    return List.copyOf(WRONG.keySet());
  }

  @ParameterizedTest
  @MethodSource("ids")
  void fails(String id) throws IOException {
    Wrong wrong = WRONG.get(id);
    try (WrongDatagramServer server = new WrongDatagramServer()) {
      wrong.fault().accept(server);
      Report report = grade(server.begin(), id, wrong.patience());
      Verdict verdict =
          report.verdicts().stream()
              .filter(each -> each.check().id().equals(id))
              .findFirst()
              .orElseThrow();
      assertEquals(
          verdict.check().requirement().failure(Mapping.FULL), verdict.outcome(), verdict::reason);
      String reason = verdict.reason().replaceAll("[0-9][0-9,.]*(?![0-9])", "#");
      assertEquals(
          wrong.reason(), reason.substring(0, Math.min(reason.length(), wrong.reason().length())));
    }
  }

  private static Report grade(WrongDatagramServer server, String id, Duration patience) {
    Grader.Settings settings =
        new Grader.Settings(
            1,
            Level.ABUSE,
            true,
            each -> each.equals(id) || id.equals("udp/serves/at-end") && each.contains("too-long"),
            patience);
    return new Grader(server, "wrong", Cases.UDP, settings, new Grader.Listener() {}).grade();
  }

  @Test
  void everyCaseHasItsWrongServer() {
    assertEquals(
        Cases.UDP.stream().map(CheckCase::id).collect(Collectors.toCollection(TreeSet::new)),
        new TreeSet<>(WRONG.keySet()));
  }

  @Test
  void aRightServerPassesAll() throws IOException {
    try (WrongDatagramServer server = new WrongDatagramServer()) {
      Grader.Settings settings = new Grader.Settings(1, Level.ABUSE, true, id -> true, LONG);
      Report report =
          new Grader(server.begin(), "right", Cases.UDP, settings, new Grader.Listener() {})
              .grade();
      assertEquals(Cases.UDP.size(), report.count(Outcome.PASS));
      assertEquals(Mapping.FULL, report.traits().mapping());
      assertEquals(Framing.DATAGRAM, report.traits().framing());
    }
  }
}
