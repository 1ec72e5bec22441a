package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code upper lesson}: lists the small programs, or runs one. */
@Command(
    name = "lesson",
    description = "List the small programs, one per technique, or run one.",
    footer = "upper show NAME prints its source; docs/lessons.md suggests an order.",
    sortOptions = false)
public final class LessonCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..1",
      index = "0",
      paramLabel = "NAME",
      description = "The lesson; omit it for a list.")
  private String name;

  @Parameters(
      arity = "0..*",
      index = "1..*",
      paramLabel = "ARGS",
      description = "Its arguments: PORT for a server, HOST PORT for a client.")
  private String[] args = {};

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    if (name == null) {
      list();
      return 0;
    }
    Lesson lesson =
        Lesson.of(name)
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "NAME: " + name + " is no lesson (upper lesson lists them)"));
    try {
      lesson.program().main(args);
      return 0;
    } catch (NumberFormatException e) {
      throw new ConfigurationException(name + ": the port is no number: " + e.getMessage());
    } catch (IOException | RuntimeException e) {
      // Lessons do not handle errors; Java would print a stack trace.
      throw new IOException(name + ": " + e.getMessage(), e);
    }
  }

  private static void list() throws IOException {
    int width = Lesson.ALL.stream().mapToInt(lesson -> lesson.name().length()).max().orElseThrow();
    for (Lesson lesson : Lesson.ALL) {
      String line = "%-" + width + "s  %s";
      System.out.println(String.format(Locale.ROOT, line, lesson.name(), lesson.sentence()));
    }
  }
}
