package io.upper.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The streams of several pages: late ones, stopped ones, too many. */
@Timeout(180)
@Tag("one-jdk")
class LiveBrowsersTest {
  private static final int BIG = 10_000;
  private static final int ROUNDS = 25;
  private static final int PER_ROUND = 1_000;
  private static final long MOST_BYTES = 50L << 20;

  private LiveServer server;

  @BeforeEach
  void start() throws Exception {
    server = new LiveServer(new JsonObject().put("model", "event-loop"), "none");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void aLatePageGetsTheLastMinuteFirst() throws Exception {
    try (EventStream early = server.events()) {
      server.press("clients", new JsonObject().put("clients", 2));
      early.await("r", e -> true);
      server.press("clients", new JsonObject().put("clients", 0));
      early.await("x", e -> true);
      List<EventStream.Sent> messages;
      try (EventStream late = server.events()) {
        late.await("x", e -> true);
        messages = late.messages();
      }
      // The states of the last minute, then its events.
      int states = 0;
      while (messages.get(states).name().equals("state")) {
        states++;
      }
      assertEquals(0, messages.get(0).data().getInteger("clients"));
      assertEquals(2, messages.get(1).data().getInteger("clients"));
      assertEquals(0, messages.get(states - 1).data().getInteger("clients"));
      JsonObject first = messages.get(states).data();
      assertEquals("o", first.getJsonArray("e").getJsonArray(0).getString(0));
    }
  }

  @Test
  void pagesBeyondTheLimitAreRefused() throws Exception {
    List<EventStream> open = new ArrayList<>();
    try {
      for (int i = 0; i < LiveBrowsers.MAX; i++) {
        open.add(server.events());
      }
      for (EventStream one : open) {
        one.awaitMessage("state", state -> true);
      }
      var refused = server.get("/live/events?token=" + server.token());
      assertEquals(503, refused.statusCode());
      assertEquals("16 pages are open: close one\n", refused.body());
    } finally {
      for (EventStream one : open) {
        one.close();
      }
    }
  }

  /**
   * 250 MB of events are made while a browser does not read. When it reads again, it gets what the
   * socket held, and is told how many it missed: so nothing was kept for it.
   */
  @Test
  void aStoppedBrowserCostsNothingThatGrows() throws Exception {
    String text = "x".repeat(BIG);
    try (Socket stopped = open()) {
      readUntil(stopped.getInputStream(), "event: state"); // It is open.
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < PER_ROUND; i++) {
          server.page.say(text);
        }
        aTick();
      }
      String end = readUntil(stopped.getInputStream(), "this page did not read: ");
      assertTrue(read < MOST_BYTES, read + " bytes were kept");
      assertTrue(end.contains("event: state"), "it knows no state after a gap");
    }
  }

  /** Waits until the events so far are in the history. */
  private void aTick() throws Exception {
    CompletableFuture<Void> ticked = new CompletableFuture<>();
    server.page.afterTick(() -> ticked.complete(null));
    ticked.get(60, TimeUnit.SECONDS);
  }

  private long read;

  private Socket open() throws Exception {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(BIG);
    socket.setSoTimeout(60_000);
    socket.connect(new InetSocketAddress("127.0.0.1", server.adminPort()));
    String request =
        "GET /live/events?token=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n"
            .formatted(server.token(), server.adminPort());
    socket.getOutputStream().write(request.getBytes(UTF_8));
    return socket;
  }

  /** Reads until a text has come; returns the end of what was read. */
  private String readUntil(InputStream in, String text) throws Exception {
    StringBuilder last = new StringBuilder();
    byte[] buffer = new byte[64 * 1024];
    int searched = 0;
    while (last.indexOf(text, searched) < 0) {
      searched = Math.max(0, last.length() - text.length());
      int length = in.read(buffer);
      assertTrue(length > 0, "the stream has ended");
      read += length;
      last.append(new String(buffer, 0, length, UTF_8));
    }
    return last.substring(Math.max(0, last.length() - 10 * buffer.length));
  }
}
