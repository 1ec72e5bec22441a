package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the buttons do, against a real server, as its page sees it. */
@Timeout(180)
@Tag("one-jdk")
class LiveButtonsTest {
  private LiveServer server;
  private EventStream events;

  private void start(JsonObject tcp, String job) throws Exception {
    server = new LiveServer(tcp, job);
    events = server.events();
    events.awaitMessage("state", state -> true);
  }

  @AfterEach
  void stop() throws Exception {
    events.close();
    server.close();
  }

  private static JsonObject model(String word) {
    return new JsonObject().put("model", word);
  }

  /** Each request's events are there, in order, and its worker is known before. */
  @Test
  void aDemonstrationClientIsShownFromSendingToReply() throws Exception {
    start(model("iterative"), "sleep:5");
    server.press("clients", new JsonObject().put("clients", 2));
    JsonArray reply = events.await("r", e -> true);
    int connection = reply.getInteger(2);
    int request = reply.getInteger(3);
    StringBuilder kinds = new StringBuilder();
    double last = 0;
    for (JsonArray event : events.seen()) {
      boolean own = event.getString(0).matches("[qabsr]") && event.getInteger(3) == request;
      if (own) {
        assertEquals(connection, event.getInteger(2));
        assertTrue(event.getDouble(1) >= last, event.encode());
        last = event.getDouble(1);
        kinds.append(event.getString(0));
      }
    }
    assertEquals("qabsr", kinds.toString());
    JsonArray opened = events.await("o", e -> e.getInteger(2) == connection);
    assertEquals("tcp", opened.getString(3));
    assertTrue(opened.getInteger(5) > 0);
    JsonArray served = events.await("s", e -> e.getInteger(3) == request);
    JsonArray lane = events.await("l", e -> e.getInteger(2).equals(served.getInteger(4)));
    assertEquals("loop", lane.getString(4));
    assertTrue(events.seen().indexOf(lane) < events.seen().indexOf(served));
  }

  @Test
  void theModelChangesAndTheClientsUseTheNewOne() throws Exception {
    start(model("iterative"), "sleep:5");
    server.press("clients", new JsonObject().put("clients", 2));
    events.await("r", e -> true);
    assertEquals(
        "200 {\"text\":\"model: worker-pool\"}", server.press("model", model("worker-pool")));
    events.await("c", e -> e.getString(2).equals("tcp/model: iterative -> worker-pool"));
    JsonObject state =
        events.awaitMessage("state", s -> s.getString("model").equals("worker-pool"));
    assertEquals(20, state.getInteger("workers"));
    JsonArray lane = events.await("l", e -> e.getString(4).equals("thread"));
    events.await("s", e -> e.getInteger(4).equals(lane.getInteger(2)));
    events.await("x", e -> e.getString(3).equals("client closed"));
  }

  @Test
  void instancesAndJobChange() throws Exception {
    start(model("event-loop"), "none");
    server.press("instances", new JsonObject().put("instances", 3));
    server.press("job", new JsonObject().put("job", "sleep:20ms"));
    JsonObject state = events.awaitMessage("state", s -> s.getString("job").equals("sleep:20ms"));
    assertEquals(3, state.getJsonArray("protocols").getJsonObject(0).getInteger("instances"));
    server.press("clients", new JsonObject().put("clients", 6));
    JsonArray first = events.await("l", e -> true);
    events.await("l", e -> !e.getInteger(2).equals(first.getInteger(2)));
  }

  @Test
  void wrongParametersAreRefusedWithALine() throws Exception {
    start(model("event-loop"), "none");
    assertEquals(
        "400 {\"error\":\"instances: 0 is not in 1..16\"}",
        server.press("instances", new JsonObject().put("instances", 0)));
    assertEquals(
        "400 {\"error\":\"job: frob is not a job such as sleep:200ms, spin:50ms or none\"}",
        server.press("job", new JsonObject().put("job", "frob")));
    assertEquals(
        "400 {\"error\":\"job: sleep:60s takes more than 10000 ms\"}",
        server.press("job", new JsonObject().put("job", "sleep:60s")));
    assertEquals(
        "400 {\"error\":\"seconds: 11 is not in 1..10\"}",
        server.press("block", new JsonObject().put("seconds", 11)));
    assertEquals(
        "400 {\"error\":\"connections: 1001 is not in 1..1000\"}",
        server.press("reset", new JsonObject().put("connections", 1001)));
    String refusal = server.press("model", model("frob"));
    assertTrue(
        refusal.startsWith("400 {\"error\":\"/tcp/model: \\\"frob\\\" is not one of "), refusal);
  }

  /** Its clients would all have one name. */
  @Test
  void aServerOnAPathIsNamedAsTheReason(@TempDir Path directory) throws Exception {
    Path socket = directory.resolve("s");
    start(new JsonObject().put("path", socket.toString()), "none");
    String reason =
        "the TCP server listens on unix:"
            + socket
            + ", whose clients are not shown: those of the page need a host and a port";
    assertEquals(
        "409 {\"error\":\"" + reason + "\"}",
        server.press("reset", new JsonObject().put("connections", 1)));
    assertEquals(
        "200 {\"text\":\"demonstration clients: 2; but " + reason + "\"}",
        server.press("clients", new JsonObject().put("clients", 2)));
    assertEquals(
        "200 {\"text\":\"demonstration clients: 0\"}",
        server.press("clients", new JsonObject().put("clients", 0)));
    server.press("model", model("iterative"));
    events.await("c", e -> true);
    assertEquals(
        List.of(), events.seen().stream().filter(e -> e.getString(0).equals("!")).toList());
  }

  @Test
  void aBlockedLoopLags() throws Exception {
    start(model("event-loop"), "none");
    server.press("clients", new JsonObject().put("clients", 1));
    events.await("r", e -> true);
    assertEquals(
        "200 {\"text\":\"an event loop is blocked for 2 s\"}",
        server.press("block", new JsonObject().put("seconds", 2)));
    events.await("!", e -> e.getString(2).endsWith("is blocked for 2 s"));
    events.await("!", e -> e.getString(2).endsWith("is free again"));
    events.awaitMessage("sample", s -> s.getDouble("lag") > 800);
  }

  @Test
  void aClientThatDoesNotReadIsServedUntilItsRepliesFillTheSocket() throws Exception {
    start(model("event-loop"), "none");
    String answer = server.press("unread", new JsonObject());
    assertTrue(answer.startsWith("200 "), answer);
    events.await("!", e -> e.getString(2).endsWith("and reads nothing"));
    JsonArray opened = events.await("o", e -> e.getInteger(5) == 0);
    events.await("a", e -> e.getInteger(2).equals(opened.getInteger(2)));
  }

  @Test
  void connectionsAreReset() throws Exception {
    start(model("event-loop"), "none");
    assertEquals(
        "200 {\"text\":\"20 connections were reset\"}",
        server.press("reset", new JsonObject().put("connections", 20)));
    events.await("x", e -> e.getString(3).equals("reset"));
  }

  @Test
  void aChildProcessIsKilledAndAnotherOneBegins() throws Exception {
    start(model("process-per-connection").put("maxProcesses", 2), "sleep:5");
    server.press("clients", new JsonObject().put("clients", 1));
    JsonArray lane = events.await("l", e -> e.getString(4).equals("process"));
    int id = lane.getInteger(2);
    events.await("s", e -> e.getInteger(4) == id);
    String answer = server.press("kill", new JsonObject().put("lane", id));
    assertTrue(answer.matches("200 \\{\"text\":\"process \\d+ is killed\"}"), answer);
    JsonArray ended = events.await("z", e -> e.getInteger(2) == id);
    assertEquals("ended with status 137", ended.getString(3));
    events.await("l", e -> e.getInteger(2) > id && e.getString(4).equals("process"));
    assertTrue(
        server.press("kill", new JsonObject().put("lane", id)).startsWith("409 "), "killed twice");
  }

  @Test
  void whatIsNoProcessIsNotKilled() throws Exception {
    start(model("iterative"), "none");
    server.press("clients", new JsonObject().put("clients", 1));
    int loop = events.await("l", e -> true).getInteger(2);
    assertEquals(
        "409 {\"error\":\"lane " + loop + " is no process that runs\"}",
        server.press("kill", new JsonObject().put("lane", loop)));
  }
}
