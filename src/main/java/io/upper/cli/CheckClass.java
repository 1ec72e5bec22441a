package io.upper.cli;

import static io.upper.cli.Bounds.requireIn;

import io.upper.check.course.ClassFile;
import io.upper.check.course.ClassReport;
import io.upper.check.course.ClassText;
import io.upper.check.course.Course;
import io.upper.check.course.Limits;
import io.upper.check.course.Result;
import io.upper.check.course.Submission;
import io.upper.config.ConfigurationException;
import io.upper.report.Provenance;
import io.upper.report.Units;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** {@code upper check --class}: the options, and the run. */
final class CheckClass {
  private static final Set<String> OWN =
      Set.of(
          "--class",
          "--out",
          "--jobs",
          "--time-limit",
          "--max-processes",
          "--max-memory",
          "--again",
          "--weights");
  private static final Set<String> FOR_EACH =
      Set.of(
          "--only", "--skip", "--level", "--full", "--seed", "--tls", "--udp", "--ca", "--verbose");
  private static final int MAX_JOBS = 256;
  private static final Duration MIN_TIME = Duration.ofSeconds(1);
  private static final Duration MAX_TIME = Duration.ofHours(1);

  @Option(
      names = "--class",
      paramLabel = "FILE",
      description = "Grade a class: a line each, name, directory and command, a tab between them.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "With --class: where the reports go (default: class-report).")
  private Path out = Path.of("class-report");

  @Option(
      names = "--jobs",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description = "With --class: how many at a time (default: half of the processors).")
  private long jobs = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

  @Option(
      names = "--time-limit",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "With --class: for each submission (default: 5m).")
  private Duration time = Duration.ofMinutes(5);

  @Option(
      names = "--max-processes",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description = "With --class: of each submission at a time (default: 500).")
  private long processes = 500;

  @Option(
      names = "--max-memory",
      paramLabel = "MIB",
      converter = WholeNumberConverter.class,
      description = "With --class: of each submission, all processes together (default: 1024).")
  private long memory = 1024;

  @Option(
      names = "--again",
      description = "With --class: grade those again that have a report, too.")
  private boolean again;

  private int done;

  boolean isAsked() {
    return file != null;
  }

  /**
   * Grades the class, and writes and prints the result; blocks until that is done.
   *
   * @param parsed the command line
   * @param weights of the groups
   * @return the exit status
   */
  int grade(ParseResult parsed, Map<String, BigDecimal> weights, Interruption interruption)
      throws IOException, InterruptedException {
    List<String> options = forEach(parsed);
    Limits limits =
        new Limits(time, requireIn("--max-processes", processes, 1, 100_000), memoryBytes());
    requireIn("--time-limit", time, MIN_TIME, MAX_TIME);
    List<Submission> submissions = ClassFile.read(file);
    makeDirectory();
    Course.Settings settings =
        new Course.Settings(
            ServerProcessCommand.program(List.of()),
            options,
            out,
            limits,
            requireIn("--jobs", jobs, 1, MAX_JOBS),
            again);
    Course course =
        new Course(settings, (result, before) -> print(result, before, submissions.size()));
    interruption.listen();
    interruption.stops(course::interrupt);
    // At a second signal, and at other ends.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(course), "upper-check-end"));
    System.out.println(
        Units.plural(submissions.size(), "submission") + ", " + jobs + " at a time, into " + out);
    List<Result> results = course.grade(submissions);
    ClassReport.write(out, results, weights, Provenance.of(arguments(parsed)));
    ClassText.faults(results).forEach(System.out::println);
    System.out.println(ClassText.graded(results));
    System.out.println(
        "marks: " + out.resolve(ClassReport.MARKS) + ", table: " + out.resolve(ClassReport.TABLE));
    return interruption.happened() ? Interruption.STATUS : 0;
  }

  /** With the name of the command, which is not among its own. */
  private static List<String> arguments(ParseResult parsed) {
    return parsed.commandSpec().root().commandLine().getParseResult().originalArgs();
  }

  private long memoryBytes() {
    return (long) requireIn("--max-memory", memory, 16, 1 << 20) << 20;
  }

  private void makeDirectory() {
    try {
      Files.createDirectories(out);
    } catch (IOException e) {
      throw new ConfigurationException("--out: cannot make the directory " + out);
    }
    if (!Files.isWritable(out)) {
      throw new ConfigurationException("--out: the directory " + out + " is not writable");
    }
  }

  private synchronized void print(Result result, boolean before, int all) {
    done++;
    String line = result.line() + (before ? " (earlier)" : "");
    System.out.println(
        String.format(
            Locale.ROOT, "%4d/%d  %-20s %s", done, all, result.submission().name(), line));
  }

  /** The options that are given to the grader of each submission. */
  private static List<String> forEach(ParseResult parsed) {
    List<String> given = new ArrayList<>();
    for (OptionSpec option : parsed.matchedOptions()) {
      String name = option.longestName();
      if (FOR_EACH.contains(name)) {
        given.add(name);
        given.addAll(values(name, option));
      } else if (!OWN.contains(name)) {
        throw new ConfigurationException(name + ": not with --class");
      }
    }
    if (parsed.hasMatchedPositional(0)) {
      throw new ConfigurationException(
          "--class: the file has the commands, so neither HOST:PORT nor -- COMMAND is given");
    }
    return given;
  }

  private static List<String> values(String name, OptionSpec option) {
    if (option.typeInfo().isBoolean()) {
      return List.of();
    }
    if (option.getValue() instanceof Path path) {
      return List.of(path.toAbsolutePath().toString());
    }
    List<String> values = option.originalStringValues();
    boolean started = option.arity().min() == 0;
    if (started && values.stream().anyMatch(value -> !value.isEmpty())) {
      throw new ConfigurationException(
          name + ": without HOST:PORT, since the servers of a class are started");
    }
    return started ? List.of() : List.of(String.join(",", values));
  }

  private static void end(Course course) {
    course.interrupt();
    try {
      course.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
