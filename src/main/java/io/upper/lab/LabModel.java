package io.upper.lab;

import io.upper.config.ModelKind;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the lab puts its load on: a concurrency model, or several server processes of one.
 *
 * @param kind the model
 * @param processes server processes that share the port; 1 for a single one
 */
public record LabModel(ModelKind kind, int processes) {
  /** Fewer than the clients there usually are, so that the pool's limit shows. */
  static final int WORKERS = 5;

  static final int MAX_PROCESSES = 40;

  private static final int MOST_SERVER_PROCESSES = 64;
  private static final Pattern PROCESSES = Pattern.compile("processes:([1-9]\\d{0,2})");

  /** Every model, then several processes, each of which serves one request at a time. */
  public static final List<LabModel> ALL =
      Stream.concat(
              Arrays.stream(ModelKind.values()).map(kind -> new LabModel(kind, 1)),
              Stream.of(new LabModel(ModelKind.ITERATIVE, 4)))
          .toList();

  /**
   * The model of a word: {@code iterative}, {@code processes:4}.
   *
   * @throws IllegalArgumentException naming all there are
   */
  public static LabModel of(String word) {
    Matcher processes = PROCESSES.matcher(word);
    if (processes.matches() && Integer.parseInt(processes.group(1)) <= MOST_SERVER_PROCESSES) {
      return new LabModel(ModelKind.ITERATIVE, Integer.parseInt(processes.group(1)));
    }
    return ALL.stream()
        .filter(model -> model.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(word + " is not one of " + words()));
  }

  private static String words() {
    return ALL.stream().map(LabModel::word).collect(Collectors.joining(", "));
  }

  /** The word for it on the command line. */
  public String word() {
    return processes == 1 ? kind.word() : "processes:" + processes;
  }

  /** Its name in reports, as the configuration has it: {@code processes: 4}. */
  public String name() {
    return processes == 1 ? kind.word() : "processes: " + processes;
  }

  /** Who serves the clients of a load. */
  String workers(Load load) {
    if (processes > 1) {
      return processes + " processes";
    }
    boolean datagrams = load.protocol() == Protocol.UDP;
    return switch (kind) {
      case ITERATIVE, EVENT_LOOP -> "1 event loop";
      case WORKER_POOL -> WORKERS + " threads";
      case THREAD_PER_CONNECTION ->
          datagrams ? "a thread each" : counted(load.clients(), "thread", "s");
      case PROCESS_PER_CONNECTION ->
          datagrams ? "a process each" : counted(load.clients(), "process", "es");
    };
  }

  private static String counted(int count, String noun, String plural) {
    return count + " " + noun + (count == 1 ? "" : plural);
  }

  /** The part of the configuration of a server that is this model's. */
  JsonObject settings() {
    return new JsonObject()
        .put("model", kind.word())
        .put("workers", WORKERS)
        .put("maxProcesses", MAX_PROCESSES);
  }
}
