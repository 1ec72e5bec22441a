package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperProcess;
import io.upper.config.Protocol;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server whose output nobody reads, as with a paused pager, still serves and stops. */
@Timeout(120)
class UnreadOutputTest {
  // A pipe holds 64 KiB; an access log line has about 100 bytes.
  private static final int CONNECTIONS = 1_500;
  private static final Pattern LISTENING =
      Pattern.compile("(?:process .*: )?tcp listening on .*:(\\d+) \\(.*");
  private static final String CONFIG =
      "{\"processes\": %d, \"accessLog\": \"json\", \"tcp\": {\"host\": \"127.0.0.1\", \"port\": 0},"
          + " \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}, \"drainSeconds\": 5}";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"1, 1, ''", "1, 2, -v"})
  void itServesAndStops(int processes, int descriptor, String option) throws Exception {
    assertServesAndStops(processes, descriptor, option);
  }

  @Tag("slow")
  @Test
  void severalProcessesServeAndStopToo() throws Exception {
    assertServesAndStops(2, 1, "");
  }

  private void assertServesAndStops(int processes, int descriptor, String option) throws Exception {
    Path pipe = directory.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assumeTrue(made.waitFor() == 0, "needs mkfifo");
    UpperProcess.Builder upper =
        UpperProcess.ofClasses().in(directory).shell("exec " + descriptor + ">" + pipe);
    String config = CONFIG.formatted(processes);
    try (UpperProcess server =
            option.isEmpty() ? upper.start("-conf", config) : upper.start("-conf", config, option);
        FileInputStream unread = new FileInputStream(pipe.toFile())) {
      int port = descriptor == 1 ? port(unread) : server.awaitPort(Protocol.TCP);
      for (int i = 0; i < CONNECTIONS; i++) {
        ask(port);
      }
      // It makes the event loop log a line.
      reset(port);
      for (int i = 0; i < 20; i++) {
        ask(port);
      }
      server.signal("TERM");
      long start = System.nanoTime();
      UpperProcess.Ended end = server.awaitEnd();
      assertEquals(0, end.status(), end.err());
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60), "it took too long");
    }
  }

  private static int port(FileInputStream out) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(out, UTF_8), 1);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher listening = LISTENING.matcher(line);
      if (listening.matches()) {
        return Integer.parseInt(listening.group(1));
      }
    }
    throw new IOException("no port");
  }

  private static void ask(int port) throws IOException {
    try (Socket socket = connect(port)) {
      socket.getOutputStream().write("hello".getBytes(UTF_8));
      assertEquals("HELLO", new String(socket.getInputStream().readNBytes(5), UTF_8));
    }
  }

  private static void reset(int port) throws IOException {
    Socket socket = connect(port);
    socket.getOutputStream().write("hello".getBytes(UTF_8));
    socket.getInputStream().readNBytes(5);
    socket.setSoLinger(true, 0);
    socket.close();
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(30_000);
    return socket;
  }
}
