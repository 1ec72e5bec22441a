package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.UpperProcess;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code upper live} as a process: a link, events, a stop. */
@Tag("slow")
@Tag("one-jdk")
@Timeout(180)
class LiveCommandTest {
  private static final String LINK = "live page: (http://127\\.0\\.0\\.1:\\d+/live\\?token=\\w+)";

  @TempDir private Path directory;

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory).withCertificate();
  }

  /** The defaults make a queue; a port in use is replaced; SIGTERM stops it in order. */
  @Test
  void servesShowsAndStops() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        UpperProcess process =
            upper()
                .start(
                    "live",
                    "-conf",
                    "{\"tcp\": {\"port\": %d}, \"udp\": {\"port\": 0}, \"tls\": {\"enabled\": false}}"
                        .formatted(busy.getLocalPort()))) {
      process.awaitLine("tcp .*:" + busy.getLocalPort() + " is in use: tcp takes a free port");
      String link = process.awaitSaid(LINK).group(1);
      process.awaitLine("tcp listening on .*:\\d+ \\(1 instance, iterative\\)");
      URLConnection events =
          URI.create(link.replace("/live?", "/live/events?")).toURL().openConnection();
      events.setReadTimeout(60_000);
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(events.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (!line.contains("\"clients\":6") || !line.contains("\"job\":\"sleep:500ms\"")) {
          line = lines.readLine();
        }
        while (!line.contains("[\"r\",")) {
          line = lines.readLine();
        }
        process.signal("TERM");
        while (line != null) {
          line = lines.readLine(); // The stream ends with the server.
        }
      }
      UpperProcess.Ended ended = process.awaitEnd();
      assertEquals(0, ended.status(), ended.err());
    }
  }
}
