package io.upper.lab.report;

import static java.util.Objects.requireNonNull;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.lab.LabResult;
import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.upper.report.Provenance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A lab session for programs, with every request, and read back: nothing is lost on the way. Its
 * schema is in docs/lab.md. Times are in nanoseconds where the key does not name another unit,
 * memory in bytes.
 *
 * <p>Who writes a session that was not measured by the lab, such as one that was watched, must
 * provide:
 *
 * <ul>
 *   <li>of the {@link Load}: its protocol and job, how many clients there were, and the most
 *       requests that one of them made. The reports say "up to" where others made fewer.
 *   <li>of each {@link ModelRun}: its name, its workers in words, and a wall time above 0; further
 *       {@code unanswered}, 0 if that is not known. {@code predicted}, {@code arithmetic} and
 *       {@code cpu} may be null, {@code resident} 0.
 *   <li>only requests with a reply, in any order. Clients count from 0 and are fewer than those of
 *       the load; a client's requests count from 0 without gaps. Times count from the first request
 *       sent and rise: sent, assigned, started, ended, answered. A worker keeps its name, and
 *       {@code vert.x-eventloop-thread-1} is read as "event loop 1".
 * </ul>
 */
public final class LabJson {
  /** Grows when a key changes its meaning or goes; not when one is added. */
  private static final String SCHEMA = "upper-lab/1";

  private LabJson() {}

  /** The whole session. */
  public static JsonObject of(LabResult result) {
    return result
        .provenance()
        .json(SCHEMA)
        .put("seed", result.load().seed())
        .put("started", result.started().toString())
        .put("load", load(result.load()))
        .put("models", array(result.runs(), run -> model(run, result.load())))
        .put("scaling", array(result.curves(), LabJson::curve));
  }

  /**
   * The session that a JSON tells of.
   *
   * @throws IllegalArgumentException in a line, if it is of another schema, or does not keep to it
   */
  public static LabResult read(JsonObject json) {
    if (!SCHEMA.equals(json.getValue("schema"))) {
      throw new IllegalArgumentException(
          "/schema: " + json.getValue("schema") + " is not " + SCHEMA);
    }
    LabResult result;
    try {
      result = session(json);
    } catch (NullPointerException
        | ClassCastException
        | IllegalArgumentException
        | DateTimeException e) {
      throw new IllegalArgumentException("a key of " + SCHEMA + " is missing or wrong", e);
    }
    SessionCheck.check(result);
    return result;
  }

  private static LabResult session(JsonObject json) {
    return new LabResult(
        readProvenance(json),
        Instant.parse(json.getString("started")),
        readLoad(json.getJsonObject("load"), json.getLong("seed")),
        list(json.getJsonArray("models"), LabJson::readModel),
        list(json.getJsonArray("scaling"), LabJson::readCurve));
  }

  private static Provenance readProvenance(JsonObject json) {
    JsonObject versions = json.getJsonObject("versions");
    JsonObject host = json.getJsonObject("host");
    return new Provenance(
        json.getString("command"),
        versions.getString("upper"),
        versions.getString("java"),
        versions.getString("vertx"),
        versions.getString("netty"),
        host.getString("os"),
        host.getString("arch"),
        host.getInteger("processors"));
  }

  private static JsonObject load(Load load) {
    return new JsonObject()
        .put("protocol", load.protocol().word())
        .put("clients", load.clients())
        .put("requests", load.requests())
        .put("job", job(load.job()));
  }

  private static Load readLoad(JsonObject json, long seed) {
    return new Load(
        Protocol.valueOf(json.getString("protocol").toUpperCase(Locale.ROOT)),
        json.getInteger("clients"),
        json.getInteger("requests"),
        readJob(json.getJsonObject("job")),
        seed);
  }

  private static JsonObject job(Job job) {
    return new JsonObject().put("kind", job.kind().word()).put("millis", job.millis());
  }

  private static Job readJob(JsonObject json) {
    String kind = json.getString("kind").toUpperCase(Locale.ROOT);
    return new Job(Job.Kind.valueOf(kind), json.getInteger("millis"));
  }

  /** What can be computed from the rest is there, too, for programs that only want that. */
  private static JsonObject model(ModelRun run, Load load) {
    boolean any = !run.requests().isEmpty();
    return new JsonObject()
        .put("name", run.name())
        .put("workers", run.workers())
        .put("predicted", nanos(run.predicted()))
        .put("arithmetic", run.arithmetic())
        .put("wall", nanos(run.wall()))
        .put("unanswered", run.unanswered())
        .put("cpu", nanos(run.cpu()))
        .put("resident", run.resident())
        .put("failure", run.failure())
        .put("perSecond", any ? run.throughput() : null)
        .put("p50", any ? (long) run.percentile(50) : null)
        .put("p99", any ? (long) run.percentile(99) : null)
        .put("fairness", any ? run.fairness(load.clients()) : null)
        .put("requests", array(run.requests(), LabJson::request));
  }

  private static ModelRun readModel(JsonObject json) {
    if (json.getString("failure") == null) {
      requireNonNull(json.getString("workers"));
      requireNonNull(json.getLong("wall"));
    }
    return new ModelRun(
        requireNonNull(json.getString("name")),
        json.getString("workers"),
        duration(json.getLong("predicted")),
        json.getString("arithmetic"),
        duration(json.getLong("wall")),
        list(json.getJsonArray("requests"), LabJson::readRequest),
        json.getInteger("unanswered"),
        duration(json.getLong("cpu")),
        json.getLong("resident"),
        json.getString("failure"));
  }

  private static JsonObject request(ServedRequest request) {
    return new JsonObject()
        .put("client", request.client())
        .put("number", request.number())
        .put("sent", request.sent())
        .put("assigned", request.assigned())
        .put("started", request.started())
        .put("ended", request.ended())
        .put("answered", request.answered())
        .put("worker", request.worker());
  }

  private static ServedRequest readRequest(JsonObject json) {
    return new ServedRequest(
        json.getInteger("client"),
        json.getInteger("number"),
        json.getLong("sent"),
        json.getLong("assigned", json.getLong("started")),
        json.getLong("started"),
        json.getLong("ended"),
        json.getLong("answered"),
        requireNonNull(json.getString("worker")));
  }

  private static JsonObject curve(ScalingCurve curve) {
    return new JsonObject()
        .put("model", curve.model())
        .put("job", job(curve.job()))
        .put("points", array(curve.points(), LabJson::point))
        .put("failures", new JsonArray(curve.failures()));
  }

  private static ScalingCurve readCurve(JsonObject json) {
    return new ScalingCurve(
        requireNonNull(json.getString("model")),
        readJob(json.getJsonObject("job")),
        list(json.getJsonArray("points"), LabJson::readPoint),
        json.getJsonArray("failures").stream().map(String.class::cast).toList());
  }

  private static JsonObject point(ScalingCurve.Point point) {
    return new JsonObject()
        .put("instances", point.instances())
        .put("answered", point.answered())
        .put("wall", nanos(point.wall()))
        .put("cpu", nanos(point.cpu()))
        .put("perSecond", point.throughput());
  }

  private static ScalingCurve.Point readPoint(JsonObject json) {
    return new ScalingCurve.Point(
        json.getInteger("instances"),
        json.getLong("answered"),
        Duration.ofNanos(json.getLong("wall")),
        duration(json.getLong("cpu")));
  }

  private static Long nanos(Duration duration) {
    return duration == null ? null : duration.toNanos();
  }

  private static Duration duration(Long nanos) {
    return nanos == null ? null : Duration.ofNanos(nanos);
  }

  private static <T> JsonArray array(List<T> values, Function<T, JsonObject> json) {
    JsonArray array = new JsonArray();
    values.forEach(value -> array.add(json.apply(value)));
    return array;
  }

  private static <T> List<T> list(JsonArray array, Function<JsonObject, T> value) {
    return array.stream().map(element -> value.apply((JsonObject) element)).toList();
  }
}
