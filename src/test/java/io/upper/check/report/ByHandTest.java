package io.upper.check.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.cert.ServerIdentities;
import io.upper.check.Grader;
import io.upper.check.Level;
import io.upper.check.Outcome;
import io.upper.check.Reports;
import io.upper.check.Transcript;
import io.upper.check.Verdict;
import io.upper.check.cases.Cases;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines for a shell do what the clients of the cases did. */
@Tag("slow")
@Tag("one-jdk")
class ByHandTest {
  private final Semaphore lost = new Semaphore(0);
  private ServerSocket listener;

  @BeforeEach
  void serve() throws IOException {
    serve(new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
  }

  private void serve(ServerSocket socket) {
    listener = socket;
    start(
        () -> {
          while (true) {
            Socket client = socket.accept();
            start(() -> converse(client));
          }
        });
  }

  @AfterEach
  void stop() throws IOException {
    listener.close();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // Its end.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private void converse(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(new String(buffer, 0, n, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
      }
    } catch (IOException e) {
      lost.release(); // A reset.
    }
  }

  private Verdict grade(String id) {
    InetSocketAddress address = (InetSocketAddress) listener.getLocalSocketAddress();
    Grader.Settings settings =
        new Grader.Settings(1, Level.ROBUST, false, id::equals, Duration.ofSeconds(60));
    Verdict verdict =
        new Grader(() -> address, "right", Cases.TCP, settings, new Grader.Listener() {})
            .grade().verdicts().stream()
                .filter(each -> each.check().id().equals(id))
                .findFirst()
                .orElseThrow();
    assertEquals(Outcome.PASS, verdict.outcome(), verdict::reason);
    return verdict;
  }

  private String shell(Verdict verdict) throws Exception {
    String line = ByHand.of(verdict, "127.0.0.1", listener.getLocalPort());
    Process shell = new ProcessBuilder("sh", "-c", line).redirectErrorStream(true).start();
    shell.getOutputStream().close();
    String output = new String(shell.getInputStream().readAllBytes(), UTF_8);
    assertTrue(shell.waitFor(60, TimeUnit.SECONDS));
    return output;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"tcp/end/unread-replies", "tcp/end/reset-in-flight", "tcp/end/reset-at-once"})
  void clientsThatVanishAreLost(String id) throws Exception {
    Verdict verdict = grade(id);
    assertTrue(lost.tryAcquire(60, TimeUnit.SECONDS));
    lost.drainPermits();
    assertEquals("HELLO", shell(verdict));
    assertTrue(lost.tryAcquire(60, TimeUnit.SECONDS), "no client was lost by hand");
  }

  @Test
  void linesForAUnixSocket() {
    String reset = ByHand.of(Reports.reset("tcp/end/reset-in-flight", "hello"), "unix:/run/u", 0);
    assertTrue(
        reset.contains("s = socket.socket(socket.AF_UNIX); s.connect('/run/u'); s.send"), reset);
    assertTrue(reset.endsWith("; printf hello | nc -N -U /run/u"), reset);
    String tls = ByHand.of(Reports.reset("tls/end/reset-in-flight", "hello"), "unix:/run/u", 0);
    assertTrue(tls.endsWith("| openssl s_client -quiet -unix /run/u -no_ign_eof"), tls);
  }

  /** The lines of TLS: verified by nobody, and with brackets around an address of IPv6. */
  @ParameterizedTest
  @CsvSource({"tls/end/reset-in-flight, true", "tls/handshake/reset, false"})
  void resetsOfTls(String id, boolean secured) {
    Verdict verdict = Reports.reset(id, "hello");
    String line = ByHand.of(verdict, "::1", 2443);
    assertEquals(secured, line.contains("s = c.wrap_socket(s); s.sendall(b'hello'); "), line);
    assertTrue(line.contains("socket.create_connection(('::1', 2443)); "), line);
    String next = "(printf hello; sleep 2) | openssl s_client -quiet -connect [::1]:2443 ";
    assertTrue(line.endsWith("; " + next + "-no_ign_eof"), line);
  }

  @Test
  void aClientOfTlsVanishes(@TempDir Path directory) throws Exception {
    listener.close();
    SSLContext context =
        ServerIdentities.create(directory).context(ServerIdentities.RIGHT, Integer.MAX_VALUE);
    serve(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
    String output = shell(Reports.reset("tls/end/reset-in-flight", "hello"));
    assertTrue(output.contains("HELLO"), output);
    assertTrue(lost.tryAcquire(60, TimeUnit.SECONDS), "no client was lost by hand");
  }

  @Test
  void aClientThatNeverReadsIsBesideTheNext() throws Exception {
    String output = shell(grade("tcp/pressure/never-reads"));
    assertTrue(output.contains("HELLO"), output);
  }

  @Test
  void piecesAreSentApart() throws Exception {
    Verdict verdict = grade("tcp/stream/pause");
    String sent =
        verdict.clients().get(0).transcript().first().stream()
            .filter(event -> event.action() == Transcript.Action.SENT)
            .map(event -> new String(event.bytes(), UTF_8))
            .reduce("", String::concat);
    String shown = shell(verdict).replaceAll("(?m)^[0-7]+|\\s", "");
    assertEquals(sent.toUpperCase(Locale.ROOT), shown);
  }
}
