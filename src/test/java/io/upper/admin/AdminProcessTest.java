package io.upper.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.FreePort;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The admin port of server processes. */
@Timeout(120)
class AdminProcessTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final String LISTENING = "admin listening on 127\\.0\\.0\\.1:(\\d+)";

  @TempDir private Path directory;

  private UpperProcess serve(String tcp, String admin, String more) throws IOException {
    String conf =
        """
        {"tcp": {"port": 0%s}, "udp": {"enabled": false}, "tls": {"enabled": false},
         "admin": {"enabled": true, "host": "127.0.0.1", "port": %s}, %s}
        """;
    return UpperProcess.ofClasses().in(directory).start("-conf", conf.formatted(tcp, admin, more));
  }

  @Test
  void notReadyAfterSigtermWhileRequestsAreInFlight() throws Exception {
    // Replies once there is a file: until then the request is in flight.
    String command =
        """
        , "model": "process-per-connection",
        "command": ["sh", "-c", "until [ -e go ]; do sleep 0.1; done; tr a-z A-Z"]
        """;
    try (UpperProcess server = serve(command, "0", "\"accessLog\": \"json\"")) {
      Admin admin = new Admin(Integer.parseInt(server.awaitLine(LISTENING).group(1)));
      int port = server.awaitPort(Protocol.TCP);
      admin.awaitReady("200 ready");
      try (Socket client = new Socket(LOOPBACK, port)) {
        client.getOutputStream().write("hello".getBytes(US_ASCII));
        admin.await("upper_requests_total", "server=\"tcp\"", n -> n == 1);
        server.signal("TERM");
        admin.awaitReady("503 stopping");
        assertEquals("200 live", admin.health("live"));
        assertEquals(0, admin.sum("upper_sent_bytes_total", "server=\"tcp\""), "already answered");
        Files.createFile(directory.resolve("go"));
        assertEquals("HELLO", new String(client.getInputStream().readAllBytes(), US_ASCII));
      }
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals("", ended.err());
      assertEquals(0, ended.status());
      assertThrows(ConnectException.class, () -> admin.health("live"));
      // Written before the exit, as JSON.
      String last = ended.out().lines().reduce((a, b) -> b).orElseThrow();
      assertEquals("drained", new JsonObject(last).getString("end"));
      assertEquals(5, new JsonObject(last).getInteger("sent"));
    }
  }

  @Test
  void aPortInUseFailsTheStart() throws Exception {
    try (ServerSocket busy = new ServerSocket(0, 1, LOOPBACK);
        UpperProcess server = serve("", "" + busy.getLocalPort(), "\"processes\": 1")) {
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals(1, ended.status());
      assertEquals(
          "admin cannot listen on 127.0.0.1:%d: Address already in use\n"
              .formatted(busy.getLocalPort()),
          ended.err());
      assertEquals("", ended.out());
    }
  }

  @Test
  void eachProcessHasTheNextAdminPort() throws Exception {
    int first = FreePort.ofSuccessive(2);
    try (UpperProcess server = serve("", "" + first, "\"processes\": 2")) {
      server.awaitLine("process 1 .*: admin listening on .*:" + first);
      server.awaitLine("process 2 .*: admin listening on .*:" + (first + 1));
      new Admin(first + 1).awaitReady("200 ready");
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }
}
