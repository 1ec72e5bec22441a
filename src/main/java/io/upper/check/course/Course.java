package io.upper.check.course;

import io.upper.report.Provenance;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Grades a class: each submission by a child process, several at a time. A report that is complete
 * has its final name, so that an interrupted run goes on where it stopped.
 */
public final class Course {
  private static final Duration ENDING = Duration.ofSeconds(30);
  private static final int NO_SERVER = 3;
  private static final int FAILED = 1;

  /**
   * How to grade.
   *
   * @param program the command line of {@code upper check}
   * @param options of it, for every submission
   * @param out the directory of the reports
   * @param limits of each submission
   * @param jobs how many at a time
   * @param again whether to grade those that have a report already
   */
  public record Settings(
      List<String> program,
      List<String> options,
      Path out,
      Limits limits,
      int jobs,
      boolean again) {}

  /** Is told, by the threads that grade. */
  public interface Listener {
    /**
     * A submission is done.
     *
     * @param before whether an earlier run has graded it
     */
    void ends(Result result, boolean before);
  }

  private final Settings settings;
  private final Listener listener;
  private final ExecutorService workers;
  private volatile boolean interrupted;

  /** Does not begin yet. */
  public Course(Settings settings, Listener listener) {
    this.settings = settings;
    this.listener = listener;
    workers = Executors.newFixedThreadPool(settings.jobs());
  }

  /**
   * Grades them; blocks until the last one is done. To be called once.
   *
   * @return a result for each, in the same order
   */
  public List<Result> grade(List<Submission> submissions) throws InterruptedException {
    try {
      List<Result> results = new ArrayList<>();
      List<Callable<Result>> tasks = new ArrayList<>();
      submissions.forEach(submission -> tasks.add(() -> result(submission)));
      for (Future<Result> future : workers.invokeAll(tasks)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      workers.shutdown();
    }
  }

  /** Ends the processes; {@link #grade} returns soon, with what was done. Thread-safe. */
  public void interrupt() {
    interrupted = true;
  }

  /** After {@link #interrupt}: blocks until all processes have ended, 30 s at most. */
  public void awaitEnd() throws InterruptedException {
    workers.awaitTermination(ENDING.toSeconds(), TimeUnit.SECONDS);
  }

  private Result result(Submission submission) {
    if (interrupted) {
      return Result.failed(submission, "not graded: interrupted");
    }
    JsonObject earlier = settings.again() ? null : report(submission);
    Result result = earlier == null ? grade(submission) : Result.graded(submission, earlier);
    listener.ends(result, earlier != null);
    return result;
  }

  private Path file(Submission submission, String extension) {
    return settings.out().resolve(submission.fileName() + extension).toAbsolutePath();
  }

  /** An earlier one of the same command line; else null. */
  private JsonObject report(Submission submission) {
    try {
      JsonObject report = new JsonObject(Files.readString(file(submission, ".json")));
      String command = Provenance.of(arguments(submission)).command();
      return command.equals(report.getString("command")) ? report : null;
    } catch (IOException | DecodeException | ClassCastException e) {
      return null;
    }
  }

  private List<String> arguments(Submission submission) {
    return Stream.of(
            List.of("check"),
            settings.options(),
            List.of("--html", file(submission, ".html").toString()),
            List.of("--json", file(submission, ".json.part").toString(), "--"),
            submission.command())
        .flatMap(List::stream)
        .toList();
  }

  private Result grade(Submission submission) {
    if (submission.obstacle().isPresent()) {
      return Result.failed(submission, "not graded: " + submission.obstacle().get());
    }
    try {
      for (String extension : List.of(".json", ".json.part", ".html", ".txt")) {
        Files.deleteIfExists(file(submission, extension));
      }
      return ended(submission, run(submission));
    } catch (IOException e) {
      return Result.failed(submission, "not graded: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Result.failed(submission, "not graded: interrupted");
    }
  }

  private LimitedProcess.Ended run(Submission submission) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(settings.program());
    command.addAll(arguments(submission));
    return LimitedProcess.run(
        command,
        submission.directory(),
        file(submission, ".txt"),
        settings.limits(),
        () -> interrupted);
  }

  private Result ended(Submission submission, LimitedProcess.Ended ended) throws IOException {
    if (!ended.stopped().isEmpty()) {
      Files.deleteIfExists(file(submission, ".json.part"));
      String kind = interrupted ? "not graded: " : "stopped: ";
      return Result.failed(submission, kind + ended.stopped());
    }
    Path written = file(submission, ".json.part");
    if (ended.status() <= FAILED && Files.exists(written)) {
      Files.move(written, file(submission, ".json"), StandardCopyOption.ATOMIC_MOVE);
      return Result.graded(submission, new JsonObject(Files.readString(file(submission, ".json"))));
    }
    String why = ended.status() == NO_SERVER ? "could not be started: " : "not graded: ";
    return Result.failed(submission, why + lastLine(file(submission, ".txt"), ended.status()));
  }

  private static String lastLine(Path printed, int status) throws IOException {
    try (Stream<String> lines = Files.lines(printed)) {
      return lines
          .filter(line -> !line.isBlank() && !line.startsWith("\tat "))
          .reduce((earlier, later) -> later)
          .orElse("its grader ended with status " + status);
    }
  }
}
