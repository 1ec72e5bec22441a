package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.FreePort;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where members may be: not where a server of another kind listens. */
class MemberScanTest {
  private static final int COUNT = 40;

  private final InetAddress loopback = InetAddress.getLoopbackAddress();
  private final int first = FreePort.ofSuccessive(COUNT);
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private interface Conversation {
    void hold(Socket client) throws IOException;
  }

  /** A server of one client, which it serves on a thread of its own. */
  private void serve(int port, Conversation conversation) throws IOException {
    ServerSocket server = new ServerSocket(port, 1, loopback);
    open.add(server);
    Thread thread =
        new Thread(
            () -> {
              try (Socket client = server.accept()) {
                conversation.hold(client);
              } catch (IOException e) {
                // The scan or the test has ended.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void hearOut(Socket client) throws IOException {
    client.getInputStream().transferTo(OutputStream.nullOutputStream());
  }

  private static void likeAMember(Socket client) throws IOException {
    byte[] protocol = client.getInputStream().readNBytes(3);
    client.getOutputStream().write(protocol);
    hearOut(client);
  }

  private static void echo(Socket client) throws IOException {
    InputStream in = client.getInputStream();
    for (int read = in.read(); read >= 0; read = in.read()) {
      client.getOutputStream().write(read);
    }
  }

  private static void greet(Socket client) throws IOException {
    client.getOutputStream().write("220 ready\r\n".getBytes(StandardCharsets.US_ASCII));
    hearOut(client);
  }

  private List<Integer> scan(int count) {
    return MemberScan.candidates(loopback, first, count).stream()
        .map(port -> port - first)
        .toList();
  }

  private static List<Integer> firstFree() {
    return IntStream.range(0, MemberScan.FREE_PORTS).boxed().toList();
  }

  @Test
  void whereNobodyListensTheFirstPortsAreThoseOfNewMembers() throws Exception {
    assertEquals(firstFree(), scan(COUNT));
    assertEquals(List.of(0, 1, 2), scan(3));
  }

  @Test
  void membersAreFoundOnAllPorts() throws Exception {
    serve(first + COUNT - 1, MemberScanTest::likeAMember);
    List<Integer> expected = new ArrayList<>(firstFree());
    expected.add(COUNT - 1);
    assertEquals(expected, scan(COUNT));
  }

  @Test
  void serversOfAnotherKindAreLeftOut() throws Exception {
    serve(first, MemberScanTest::hearOut);
    serve(first + 1, MemberScanTest::echo);
    serve(first + 2, MemberScanTest::greet);
    serve(first + 3, Socket::close);
    // Accepts nobody, as a process that is stopped.
    open.add(new ServerSocket(first + 4, 1, loopback));
    serve(first + 5, MemberScanTest::likeAMember);
    assertEquals(List.of(5, 6, 7), scan(8));
  }

  @Test
  void otherMembersAreFoundWithoutAskingTheKnownOnes() throws Exception {
    serve(first + 1, MemberScanTest::likeAMember);
    serve(first + 3, MemberScanTest::likeAMember);
    assertEquals(List.of(first + 3), MemberScan.others(loopback, first, COUNT, Set.of(first + 1)));
    // Its only client is still to come.
    assertEquals(List.of(first + 1), MemberScan.others(loopback, first, 2, Set.of()));
  }

  @Test
  void noPortIsAbove65535() throws Exception {
    List<Integer> last = MemberScan.candidates(loopback, 65_535, 100);
    assertEquals(last.isEmpty() ? List.of() : List.of(65_535), last);
  }
}
