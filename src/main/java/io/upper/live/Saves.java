package io.upper.live;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.lab.report.ChromeTrace;
import io.upper.lab.report.LabJson;
import io.upper.report.Provenance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * What the page saves of the last minute: Chrome trace events, a session of the lab, and a page of
 * its own. Used on the event loop of the page, which takes a copy of the events; the rest is done
 * elsewhere.
 */
final class Saves {
  private static final String JSON = "application/json; charset=utf-8";

  private final LiveFeed feed;
  private final Figures figures;
  private final PastStates past;
  private final Supplier<JsonObject> state;
  private final Supplier<Configuration> configuration;

  /**
   * @param past what it knew before
   * @param state what the page knows at its start
   */
  Saves(
      LiveFeed feed,
      Figures figures,
      PastStates past,
      Supplier<JsonObject> state,
      Supplier<Configuration> configuration) {
    this.feed = feed;
    this.figures = figures;
    this.past = past;
    this.state = state;
    this.configuration = configuration;
  }

  /**
   * What makes the save of this name, which blocks; null if there is none.
   *
   * @param name {@code trace}, {@code lab.json} or {@code replay.html}
   */
  Callable<Optional<LiveFiles.Content>> of(String name) {
    switch (name) {
      case "trace" -> {
        Supplier<List<ServedRun>> runs = runs();
        return () -> Optional.of(new LiveFiles.Content(JSON, trace(runs.get())));
      }
      case "lab.json" -> {
        Supplier<List<ServedRun>> runs = runs();
        Configuration current = configuration.get();
        Instant began = Instant.now().minusNanos(feed.now());
        return () ->
            Optional.of(
                new LiveFiles.Content(
                    JSON, LabJson.of(session(runs.get(), current, began)).toBuffer().getBytes()));
      }
      case "replay.html" -> {
        Supplier<JsonObject> events = events();
        return () -> Optional.of(ReplayPage.of(events.get()));
      }
      default -> {
        return null;
      }
    }
  }

  /** Takes what is needed now; the work is done later. */
  private Supplier<List<ServedRun>> runs() {
    Map<Integer, String> lanes = new HashMap<>();
    feed.lanes().all().forEach(lane -> lanes.put(lane.id(), lane.name()));
    Map<Integer, Integer> demonstrations = new HashMap<>();
    feed.connections().all().forEach(one -> demonstrations.put(one.id, one.demonstration));
    List<LiveEvent> events = feed.history().all();
    String model = configuration.get().tcp().model().word();
    return () -> ServedRun.of(events, lanes, demonstrations, model);
  }

  private static byte[] trace(List<ServedRun> runs) throws IOException {
    List<ChromeTrace.Group> groups =
        runs.stream().map(run -> new ChromeTrace.Group(run.name(), run.requests())).toList();
    Provenance provenance = Provenance.of(List.of("live"));
    Map<String, String> about = new LinkedHashMap<>();
    about.put("command", provenance.command());
    about.put("machine", provenance.machine());
    about.put("versions", provenance.versions());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ChromeTrace.write(groups, about, out);
    return out.toByteArray();
  }

  /** The session of a lab whose load were the clients that the page shows. */
  private static LabResult session(
      List<ServedRun> runs, Configuration configuration, Instant began) {
    List<ServedRequest> all = runs.stream().flatMap(run -> run.requests().stream()).toList();
    int clients = (int) all.stream().map(ServedRequest::client).distinct().count();
    int requests = all.stream().mapToInt(request -> request.number() + 1).max().orElse(1);
    long first = runs.stream().mapToLong(ServedRun::began).min().orElse(0);
    return new LabResult(
        Provenance.of(List.of("live")),
        began.plusNanos(first),
        new Load(Protocol.TCP, Math.max(1, clients), requests, configuration.tcp().job(), 0),
        runs.stream().map(Saves::modelRun).toList(),
        List.of());
  }

  /** What nobody has predicted or measured is left out. */
  private static ModelRun modelRun(ServedRun run) {
    List<ServedRequest> requests =
        run.requests().stream()
            .sorted(
                Comparator.comparingInt(ServedRequest::client)
                    .thenComparingInt(ServedRequest::number))
            .toList();
    long wall = requests.stream().mapToLong(ServedRequest::answered).max().orElseThrow();
    long workers = requests.stream().map(ServedRequest::worker).distinct().count();
    return new ModelRun(
        run.name(),
        workers == 1 ? "1 worker" : workers + " workers",
        null,
        null,
        Duration.ofNanos(wall),
        requests,
        0,
        null,
        0,
        null);
  }

  /** The events and samples as the stream had them; the work is done later. */
  private Supplier<JsonObject> events() {
    List<LiveEvent> all = feed.history().all();
    double now = Figures.millis(feed.now());
    int shown = feed.connections().ratio();
    JsonObject last =
        new JsonObject()
            .put("past", new JsonArray(past.all(now)))
            .put("state", state.get())
            .put("samples", new JsonArray(figures.recent()));
    return () -> last.put("batches", new JsonArray().add(batch(all, now, shown)));
  }

  private static JsonObject batch(List<LiveEvent> all, double now, int shown) {
    StringBuilder json = new StringBuilder("[");
    for (LiveEvent event : all) {
      event.appendTo(json);
      json.append(',');
    }
    json.setLength(Math.max(1, json.length() - 1));
    return new JsonObject()
        .put("now", now)
        .put("shown", shown)
        .put("e", new JsonArray(json.append(']').toString()));
  }
}
