package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code upper show NAME}: the source of a lesson or a model, which the jar carries. */
@Command(
    name = "show",
    description = "Print the source of a lesson or a model.",
    sortOptions = false)
public final class ShowCommand implements Callable<Integer> {
  private static final Map<String, String> SOURCES = sources();

  @Parameters(
      paramLabel = "NAME",
      description =
          "iterative, event-loop, worker-pool, thread-per-connection, process-per-connection; "
              + "processes, for the supervisor of several server processes; "
              + "or a lesson (upper lesson lists them).")
  private String name;

  @Mixin private Verbosity verbosity;

  private static Map<String, String> sources() {
    Map<String, String> sources = new LinkedHashMap<>();
    sources.put("iterative", "model/IterativeModel.java");
    sources.put("event-loop", "model/EventLoopModel.java");
    sources.put("worker-pool", "model/WorkerPoolModel.java");
    sources.put("thread-per-connection", "model/ThreadPerConnectionModel.java");
    sources.put("process-per-connection", "model/ProcessPerConnectionModel.java");
    sources.put("processes", "prefork/Supervisor.java");
    return sources;
  }

  @Override
  public Integer call() throws IOException {
    Optional<Lesson> lesson = Lesson.of(name);
    System.out.print(lesson.isPresent() ? lesson.get().source() : source(name));
    return 0;
  }

  /**
   * The source of a model.
   *
   * @throws ConfigurationException if there is no such model
   */
  static String source(String model) throws IOException {
    String source = SOURCES.get(model);
    if (source == null) {
      throw new ConfigurationException(
          "NAME: "
              + model
              + " is no lesson (upper lesson lists them), nor one of "
              + String.join(", ", SOURCES.keySet()));
    }
    try (InputStream text = ShowCommand.class.getResourceAsStream("/io/upper/" + source)) {
      if (text == null) {
        throw new IOException(source + " is not among the classes: build with Maven");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
