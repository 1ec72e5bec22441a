package io.upper.live;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.ToIntFunction;

/** What the page knows at its start, and after each change. Used on one event loop. */
final class LiveState {
  /** The jobs that the page offers. */
  static final List<String> JOBS =
      List.of("none", "sleep:50ms", "sleep:200ms", "sleep:500ms", "sleep:1s", "spin:50ms");

  private final LiveFeed feed;
  private final ToIntFunction<Protocol> ports;

  /**
   * @param ports the actual port of a server
   */
  LiveState(LiveFeed feed, ToIntFunction<Protocol> ports) {
    this.feed = feed;
    this.ports = ports;
  }

  /**
   * @param clients number of demonstration clients
   */
  JsonObject json(Configuration configuration, int clients) {
    ServerSettings shown =
        configuration.servers().stream().findFirst().orElseGet(configuration::tcp);
    String model = shown.model().word();
    JsonObject settings = configuration.json().getJsonObject(shown.protocol().word());
    return new JsonObject()
        .put("now", Figures.millis(feed.now()))
        .put("model", model)
        .put("sentence", Models.find(model).map(ModelFactory::sentence).orElse(""))
        .put("job", text(shown.job()))
        .put("protocols", protocols(configuration))
        .put("workers", model.equals("worker-pool") ? settings.getValue("workers") : null)
        .put("processes", configuration.processes())
        .put(
            "models",
            new JsonArray(
                Models.all().stream()
                    .filter(one -> !one.clustered())
                    .map(ModelFactory::word)
                    .toList()))
        .put("jobs", new JsonArray(JOBS))
        .put("clients", clients)
        .put("version", String.valueOf(LiveState.class.getPackage().getImplementationVersion()))
        .put("sampled", feed.connections().ratio())
        .put("open", open())
        .put("lanes", lanes());
  }

  /** A job as the page and the command line write it: {@code sleep:500ms}. */
  static String text(Job job) {
    return job.kind() == Job.Kind.NONE ? "none" : job.kind().word() + ":" + job.millis() + "ms";
  }

  private JsonArray protocols(Configuration configuration) {
    JsonArray protocols = new JsonArray();
    for (ServerSettings server : configuration.servers()) {
      protocols.add(
          new JsonObject()
              .put("protocol", server.protocol().word())
              .put(
                  "address",
                  server.address(ports.applyAsInt(server.protocol())).replaceFirst("^\\w+ ", ""))
              .put("instances", server.instances()));
    }
    return protocols;
  }

  private JsonArray open() {
    JsonArray open = new JsonArray();
    for (ShownConnection connection : feed.connections().all()) {
      open.add(
          new JsonArray()
              .add(connection.id)
              .add(connection.protocol)
              .add(connection.peer)
              .add(Figures.millis(connection.opened - feed.began()))
              .add(connection.demonstration));
    }
    return open;
  }

  /** Later ones appear in the history, which the page gets as well. */
  private JsonArray lanes() {
    JsonArray lanes = new JsonArray();
    for (Lane lane : feed.lanes().appearedBefore(feed.history().began())) {
      lanes.add(new JsonArray().add(lane.id()).add(lane.name()).add(lane.kind().word()));
    }
    return lanes;
  }
}
