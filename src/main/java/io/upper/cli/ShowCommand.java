package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code upper show MODEL}: the source that serves, which the jar carries. */
@Command(name = "show", description = "Print the source of a model.", sortOptions = false)
public final class ShowCommand implements Callable<Integer> {
  private static final Map<String, String> SOURCES = sources();

  @Parameters(
      paramLabel = "MODEL",
      description = {
        "iterative, event-loop, worker-pool, thread-per-connection, process-per-connection;",
        "or processes, for the supervisor of several server processes."
      })
  private String model;

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
    System.out.print(source(model));
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
          "MODEL: " + model + " is not one of " + String.join(", ", SOURCES.keySet()));
    }
    try (InputStream text = ShowCommand.class.getResourceAsStream("/io/upper/" + source)) {
      if (text == null) {
        throw new IOException(source + " is not among the classes: build with Maven");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
