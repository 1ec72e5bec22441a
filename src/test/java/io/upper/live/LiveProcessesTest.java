package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperProcess;
import io.vertx.core.json.JsonArray;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several server processes on one page. */
@Tag("slow")
@Tag("one-jdk")
@Timeout(300)
class LiveProcessesTest {
  private static final String CONFIGURATION =
      "{\"processes\": 2, \"tcp\": {\"port\": 0}, \"udp\": {\"enabled\": false},"
          + " \"tls\": {\"enabled\": false}, \"job\": {\"millis\": 50}}";

  private final HttpClient http = HttpClient.newHttpClient();

  @TempDir private Path directory;

  private String press(String link, String button, String body) throws Exception {
    String[] parts = link.split("\\?token=");
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(URI.create(parts[0] + "/do/" + button))
                .header("X-Upper-Token", parts[1])
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    return response.statusCode() + " " + response.body();
  }

  @Test
  void theEventsOfAllAreOneFeedAndOneThatIsKilledIsReplaced() throws Exception {
    try (UpperProcess process =
        UpperProcess.ofClasses().in(directory).start("live", "-conf", CONFIGURATION)) {
      String link = process.awaitLine("live page: (\\S+)").group(1);
      process.awaitLine("all 2 processes listen");
      try (EventStream events =
          new EventStream(http, URI.create(link.replace("/live?", "/live/events?")))) {
        // The kernel chooses the process of a connection: with these both get one.
        press(link, "clients", "{\"clients\": 40}");
        JsonArray one = events.await("l", e -> e.getString(3).startsWith("process 1/"));
        JsonArray two = events.await("l", e -> e.getString(3).startsWith("process 2/"));
        assertEquals("server", two.getString(4));

        JsonArray served = events.await("s", e -> e.getInteger(4).equals(one.getInteger(2)));
        int request = served.getInteger(3);
        events.await("r", e -> e.getInteger(3) == request);
        StringBuilder kinds = new StringBuilder();
        for (JsonArray event : events.seen()) {
          if (event.getString(0).matches("[qabsr]") && event.getInteger(3) == request) {
            kinds.append(event.getString(0));
          }
        }
        assertEquals("qabsr", kinds.toString());

        assertEquals(
            "200 {\"text\":\"process 2 is killed\"}",
            press(link, "kill", "{\"lane\": " + two.getInteger(2) + "}"));
        JsonArray end = events.await("z", e -> e.getInteger(2).equals(two.getInteger(2)));
        assertEquals("ended with status 137", end.getString(3));
        events.await("x", e -> e.getString(3).equals("process 2 ended with status 137"));
        process.awaitLine("process 2 \\(pid \\d+\\): tcp listening on .*");

        String answer = press(link, "model", "{\"model\": \"event-loop\"}");
        assertEquals("200 {\"text\":\"model: event-loop\"}", answer);
        events.await("c", e -> e.getString(2).equals("tcp/model: iterative -> event-loop"));
        // A connection made after that may be of the new process.
        int next = events.seen().size();
        events.await(next, "o", e -> true);
        assertTrue(press(link, "block", "{\"seconds\": 1}").startsWith("409 "));
        process.signal("TERM");
        events.awaitEnd();
      }
      UpperProcess.Ended ended = process.awaitEnd();
      assertEquals(0, ended.status(), ended.err());
    }
  }
}
