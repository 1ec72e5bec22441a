package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The events of a server process, as its supervisor knows them. */
class LiveRelayTest {
  private static final int TICKS_PER_SECOND = 20;
  private static final int MORE_THAN_FIT = 20_000;

  private final LiveFeed child = new LiveFeed();
  private final LiveFeed supervisor = new LiveFeed();
  private final RelayedProcess process = new RelayedProcess(1, 99, supervisor);
  private final LiveRelay relay = new LiveRelay(child, this::reported);

  private void reported(String line) {
    JsonObject json = new JsonObject(line);
    if (json.containsKey("e")) {
      long began = json.getLong("began");
      json.getJsonArray("e").forEach(event -> process.take(began, LiveEvent.of((JsonArray) event)));
    } else {
      process.figures(json);
    }
  }

  private void open(String client) {
    child.connections().openedElsewhere(client, System.nanoTime());
  }

  private List<String> shown() {
    return supervisor.connections().all().stream().map(one -> one.peer).sorted().toList();
  }

  private void aSecond() {
    for (int i = 0; i < TICKS_PER_SECOND; i++) {
      relay.tick();
    }
  }

  @Test
  void aConnectionWhoseEndWasLostEndsWithinASecond() {
    open("tcp 127.0.0.1:1");
    open("tcp 127.0.0.1:2");
    aSecond();
    assertEquals(List.of("127.0.0.1:1", "127.0.0.1:2"), shown());
    for (int i = 0; i < MORE_THAN_FIT; i++) {
      child.say('!', "nobody reads so many");
    }
    child.connections().closed("tcp 127.0.0.1:1", "client closed");
    aSecond();
    assertEquals(List.of("127.0.0.1:2"), shown());
    open("tcp 127.0.0.1:3");
    aSecond();
    assertEquals(List.of("127.0.0.1:2", "127.0.0.1:3"), shown());
  }
}
