package io.upper.lab.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.upper.lab.LabResult;
import io.upper.lab.ServedRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes who was served when as Chrome trace events, the JSON that Perfetto and speedscope open.
 *
 * <ul>
 *   <li>A process for each group of requests, such as those of one model.
 *   <li>A thread for each worker, with a slice for each request that it serves. A worker that
 *       serves several at once has a thread for each of them, as slices of a thread must not
 *       overlap.
 *   <li>An asynchronous slice for each request, with an id of its own, named for its client; inside
 *       it those of its phases that took time: {@code waiting}, {@code starting}, {@code served},
 *       {@code reply}.
 *   <li>Two counters: the requests in flight, from sent to answered, and those of them that wait.
 * </ul>
 *
 * <p>Times are microseconds with three decimals, from the first request of a group, and rise within
 * each process. Clients and requests are counted from 1, as in the reports. Format: "Trace Event
 * Format", Google, 2016.
 */
public final class ChromeTrace {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int NANOS_PER_MICRO_DIGITS = 3;

  private final JsonGenerator json;
  // Above the processes' ids: an equal one means the main thread, which has counters only.
  private int nextThread;
  private long nextId = 1;

  /**
   * Requests that were served together.
   *
   * @param name of the process, such as the model's
   * @param requests in any order; the times of each rise as {@link ServedRequest} says
   */
  public record Group(String name, List<ServedRequest> requests) {}

  private ChromeTrace(JsonGenerator json, int processes) {
    this.json = json;
    this.nextThread = processes + 1;
  }

  /**
   * Writes the trace of a lab session, a process for each model that answered.
   *
   * @see #write(List, Map, OutputStream)
   */
  public static void write(LabResult result, OutputStream out) throws IOException {
    Map<String, String> about = new LinkedHashMap<>();
    about.put("command", result.provenance().command());
    about.put("started", result.started().toString());
    about.put("machine", result.provenance().machine());
    about.put("versions", result.provenance().versions());
    List<Group> groups =
        result.runs().stream()
            .filter(run -> !run.requests().isEmpty())
            .map(run -> new Group(run.name(), run.requests()))
            .toList();
    write(groups, about, out);
  }

  /**
   * Writes a whole trace in UTF-8; blocks while the stream does, and leaves it open. The events of
   * one group at a time are in memory.
   *
   * @param about where the trace comes from: names and values, shown by the viewer
   */
  public static void write(List<Group> groups, Map<String, String> about, OutputStream out)
      throws IOException {
    try (JsonGenerator json =
        JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
      json.writeStartObject();
      json.writeStringField("displayTimeUnit", "ms");
      json.writeObjectFieldStart("otherData");
      for (Map.Entry<String, String> entry : about.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("traceEvents");
      ChromeTrace trace = new ChromeTrace(json, groups.size());
      for (int i = 0; i < groups.size(); i++) {
        trace.group(i + 1, groups.get(i));
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  private void group(int process, Group group) throws IOException {
    TraceThreads threads = new TraceThreads(group.requests(), nextThread);
    nextThread += threads.names().size();
    metadata("process_name", process, process);
    json.writeStringField("name", group.name());
    endMetadata();
    metadata("process_sort_index", process, process);
    json.writeNumberField("sort_index", process);
    endMetadata();
    for (int i = 0; i < threads.names().size(); i++) {
      metadata("thread_name", process, threads.id(i));
      json.writeStringField("name", threads.names().get(i));
      endMetadata();
      metadata("thread_sort_index", process, threads.id(i));
      json.writeNumberField("sort_index", i);
      endMetadata();
    }
    Sentences sentences = Sentences.of(group.requests());
    for (TraceEvent event : TraceEvent.of(group.requests(), threads, nextId)) {
      event(process, event, sentences);
    }
    nextId += group.requests().size();
  }

  private void metadata(String name, int process, int thread) throws IOException {
    begin(name, 'M', 0, process, thread);
    json.writeObjectFieldStart("args");
  }

  private void endMetadata() throws IOException {
    json.writeEndObject();
    json.writeEndObject();
  }

  private void event(int process, TraceEvent event, Sentences sentences) throws IOException {
    int thread = event.phase() == TraceEvent.Phase.COUNTER ? process : event.thread();
    begin(event.name(), event.phase().code(), event.at(), process, thread);
    if (event.id() != TraceEvent.NO_ID) {
      json.writeStringField("cat", "request");
      json.writeStringField("id", "0x" + Long.toHexString(event.id()));
    }
    if (event.request() != null) {
      json.writeObjectFieldStart("args");
      json.writeNumberField("client", event.request().client() + 1L);
      json.writeNumberField("request", event.request().number() + 1L);
      json.writeStringField("worker", event.request().worker());
      json.writeStringField("told", sentences.of(event.request()));
      json.writeEndObject();
    } else if (event.phase() == TraceEvent.Phase.COUNTER) {
      json.writeObjectFieldStart("args");
      json.writeNumberField("requests", event.count());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** The fields that every event has. Viewers want a time of metadata, too. */
  private void begin(String name, char phase, long at, int process, int thread) throws IOException {
    json.writeRaw('\n'); // A line for each event.
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("ph", String.valueOf(phase));
    json.writeFieldName("ts");
    json.writeNumber(BigDecimal.valueOf(at, NANOS_PER_MICRO_DIGITS));
    json.writeNumberField("pid", process);
    json.writeNumberField("tid", thread);
  }
}
