package io.upper.check.report;

import io.upper.check.Marks;
import io.upper.check.Observation;
import io.upper.check.Report;
import io.upper.check.Traits;
import io.upper.check.Transcript;
import io.upper.check.Verdict;
import io.upper.report.Provenance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/**
 * The JSON report. docs/check.md documents its schema, which a test compares. Times are in
 * nanoseconds, bytes in hex.
 */
public final class CheckJson {
  /** Incremented when a key is removed or changes its meaning, not when one is added. */
  private static final String SCHEMA = "upper-check/1";

  private CheckJson() {}

  /** The whole report: a server for each protocol. */
  public static JsonObject of(List<Report> reports, Marks marks, Provenance provenance) {
    JsonArray servers = new JsonArray();
    reports.forEach(report -> servers.add(server(report)));
    return provenance
        .json(SCHEMA)
        .put("summary", CheckText.summary(reports))
        .put("passed", reports.stream().allMatch(Report::passed))
        .put("marks", marks(marks))
        .put("servers", servers);
  }

  private static JsonObject marks(Marks marks) {
    JsonArray groups = new JsonArray();
    for (Marks.Group group : marks.groups()) {
      groups.add(
          new JsonObject()
              .put("name", group.name())
              .put("passed", group.passed())
              .put("cases", group.cases())
              .put("weight", group.weight()));
    }
    return new JsonObject().put("percent", marks.percent()).put("groups", groups);
  }

  private static JsonObject server(Report report) {
    JsonArray verdicts = new JsonArray();
    report.verdicts().forEach(verdict -> verdicts.add(verdict(verdict)));
    JsonObject json =
        new JsonObject()
            .put("server", report.server())
            .put("seed", report.seed())
            .put("elapsed", report.elapsed().toNanos())
            .put("ended", report.ended())
            .put("traits", report.traits() == null ? null : traits(report.traits()))
            .put("verdicts", verdicts);
    if (report.usage() != null) {
      json.put(
          "usage",
          new JsonObject()
              .put("cpu", report.usage().cpu().toNanos())
              .put("peakMemory", report.usage().peakMemory())
              .put("exit", report.usage().exit()));
    }
    return json;
  }

  private static JsonObject traits(Traits traits) {
    return new JsonObject()
        .put("mapping", traits.mapping().word())
        .put("framing", traits.framing().word())
        .put("job", traits.job().toNanos())
        .put("readSize", limit(traits.readSize()))
        .put("clientsAtOnce", limit(traits.clientsAtOnce()))
        .put("oneRequestAtATime", traits.oneRequestAtATime())
        .put("halfClose", traits.halfClose());
  }

  private static Integer limit(int value) {
    return value == Traits.ANY ? null : value;
  }

  private static JsonObject verdict(Verdict verdict) {
    JsonArray clients = new JsonArray();
    verdict.clients().forEach(client -> clients.add(client(client)));
    return new JsonObject()
        .put("id", verdict.check().id())
        .put("requirement", verdict.check().requirement().word())
        .put("level", verdict.check().level().word())
        .put("sentence", verdict.check().sentence())
        .put("outcome", verdict.outcome().word())
        .put("counts", verdict.counts())
        .put("short", verdict.brief())
        .put("flaky", verdict.flaky())
        .put("elapsed", verdict.elapsed().toNanos())
        .put("reason", verdict.reason())
        .put("symptom", verdict.symptom() == null ? null : verdict.symptom().word())
        .put("mechanism", Mechanism.of(verdict))
        .put("clients", clients)
        .put("lastLines", new JsonArray(verdict.lastLines()));
  }

  private static JsonObject client(Observation client) {
    JsonArray events = new JsonArray();
    client.transcript().first().forEach(event -> events.add(event(event)));
    client.transcript().last().forEach(event -> events.add(event(event)));
    return new JsonObject()
        .put("port", client.port())
        .put("state", client.state().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("expectedBytes", client.expectedCount())
        .put("receivedBytes", client.receivedCount())
        .put("difference", client.difference())
        .put("windowStart", client.windowStart())
        .put("expected", HexFormat.of().formatHex(client.expected()))
        .put("received", HexFormat.of().formatHex(client.received()))
        .put("events", events)
        .put("eventsLeftOut", client.transcript().leftOut());
  }

  private static JsonObject event(Transcript.Event event) {
    return new JsonObject()
        .put("at", event.at().toNanos())
        .put("action", event.action().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("size", event.size())
        .put("bytes", HexFormat.of().formatHex(event.bytes()));
  }
}
