package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.jvm.Providers;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.upper.prefork.Supervisor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code upper show NAME}: prints the source of a lesson or a model from the jar. */
@Command(
    name = "show",
    description = "Print the source of a lesson or a model.",
    sortOptions = false)
public final class ShowCommand implements Callable<Integer> {
  private static final String PROCESSES = "processes";

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      completionCandidates = ModelWords.class,
      description =
          "${COMPLETION-CANDIDATES}; processes, for the supervisor of several server processes; "
              + "or a lesson (upper lesson lists them). Omit it to list the models.")
  private String name;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws IOException {
    if (name == null) {
      list();
      return 0;
    }
    Optional<Lesson> lesson = Lesson.of(name);
    System.out.print(lesson.isPresent() ? lesson.get().source() : source(name));
    return 0;
  }

  private static void list() {
    for (ModelFactory model : Models.all()) {
      System.out.printf(Locale.ROOT, "%-23s %s%n", model.word(), model.sentence());
    }
  }

  /**
   * The source of a model.
   *
   * @throws ConfigurationException if there is no such model
   */
  static String source(String name) throws IOException {
    if (name.equals(PROCESSES)) {
      return text(Supervisor.class, "Supervisor.java");
    }
    ModelFactory model =
        Models.find(name)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "NAME: "
                            + name
                            + " is no lesson (upper lesson lists them), nor one of "
                            + String.join(", ", new ModelWords())
                            + ", "
                            + PROCESSES));
    return text(model.getClass(), model.source());
  }

  private static String text(Class<?> type, String source) throws IOException {
    try (InputStream text = type.getResourceAsStream(source)) {
      if (text == null) {
        throw new IOException(
            "the source " + source.replaceFirst("^/", "") + " is not in " + Providers.jar(type));
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
