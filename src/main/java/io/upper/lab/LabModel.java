package io.upper.lab;

import io.upper.config.ModelSettings;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.model.IterativeModel;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.upper.model.Parallelism;
import io.upper.model.Parallelism.Worker;
import io.upper.report.Units;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the lab puts its load on: a concurrency model, several server processes of one, or a gateway
 * with job nodes.
 *
 * @param model the model
 * @param processes server processes that share the port, 1 for a single one; with a clustered model
 *     the job nodes of a single one
 */
public record LabModel(ModelFactory model, int processes) {
  // Fewer threads than the clients there usually are, so that the pool's limit shows.
  private static final int WORKERS = 5;

  private static final int MAX_SERVER_PROCESSES = 64;
  private static final Pattern PROCESSES =
      Pattern.compile("(processes: ?|cluster:)([1-9]\\d{0,2})");

  /**
   * Every model of one machine, then several processes, each of which serves one request at a time.
   */
  public static List<LabModel> all() {
    return Stream.concat(
            Models.all().stream()
                .filter(model -> !model.clustered())
                .map(model -> new LabModel(model, 1)),
            Stream.of(processes(4)))
        .toList();
  }

  /** Those whose event loops do the work, so that more instances serve more at once. */
  public static List<LabModel> ofEventLoops() {
    return all().stream()
        .filter(model -> model.processes == 1)
        .filter(model -> model.parallelism().worker() == Worker.EVENT_LOOP)
        .toList();
  }

  private static LabModel processes(int count) {
    return new LabModel(new IterativeModel.Factory(), count);
  }

  private static LabModel nodes(int count) {
    return Models.all().stream()
        .filter(ModelFactory::clustered)
        .map(model -> new LabModel(model, count))
        .findFirst()
        .orElseThrow();
  }

  /**
   * The model of a word or a name: {@code iterative}, {@code processes:4}, {@code processes: 4},
   * {@code cluster:3}.
   *
   * @throws IllegalArgumentException naming all there are
   */
  public static LabModel of(String word) {
    Matcher processes = PROCESSES.matcher(word);
    if (processes.matches() && Integer.parseInt(processes.group(2)) <= MAX_SERVER_PROCESSES) {
      int count = Integer.parseInt(processes.group(2));
      return processes.group(1).startsWith("cluster") ? nodes(count) : processes(count);
    }
    return all().stream()
        .filter(model -> model.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(word + " is not one of " + words()));
  }

  private static String words() {
    return all().stream().map(LabModel::word).collect(Collectors.joining(", ")) + ", cluster:3";
  }

  /** The word for it on the command line. */
  public String word() {
    return nodes() > 0 ? name() : processes == 1 ? model.word() : "processes:" + processes;
  }

  /** Its name in reports, as the configuration has it: {@code processes: 4}. */
  public String name() {
    if (nodes() > 0) {
      return model.word() + ":" + processes;
    }
    return processes == 1 ? model.word() : "processes: " + processes;
  }

  /** Job nodes, each of which serves one request at a time; 0 without a cluster. */
  int nodes() {
    return model.clustered() ? processes : 0;
  }

  /** Server processes that share the port. */
  public int servers() {
    return nodes() > 0 ? 1 : processes;
  }

  /** How many requests it works on at once, with the settings that it has in the lab. */
  Parallelism parallelism() {
    ModelSettings settings = ServerSettings.of(Protocol.TCP, settings()).model();
    return model.parallelism(settings);
  }

  /** Who serves the clients of a load. */
  String workers(Load load) {
    if (nodes() > 0) {
      return Units.plural(nodes(), "job node");
    }
    if (processes > 1) {
      return processes + " processes";
    }
    Parallelism parallelism = parallelism();
    Worker worker = parallelism.worker();
    if (parallelism.perConversation()) {
      return load.protocol() == Protocol.UDP ? worker.each() : worker.counted(load.clients());
    }
    return worker.counted(worker == Worker.EVENT_LOOP ? 1 : parallelism.limit());
  }

  /** The part of the configuration of a server that is this model's. */
  JsonObject settings() {
    return new JsonObject().put("model", model.word()).put("workers", WORKERS);
  }
}
