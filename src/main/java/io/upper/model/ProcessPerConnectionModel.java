package io.upper.model;

import io.netty.util.concurrent.DefaultThreadFactory;
import io.upper.config.ModelSettings;
import io.upper.config.Setting;
import io.upper.job.Job;
import io.upper.jvm.ChildJvm;
import io.upper.model.Parallelism.Worker;
import io.upper.net.FileDescriptors;
import io.upper.service.ConfiguredService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Each connection (or datagram) has its own child process: the client's bytes are its standard
 * input, its standard output is the reply. Any such program will do, in any language; the built-in
 * one is {@link ServiceFilter}. The number of children is limited; further clients wait.
 *
 * <p><b>When to choose it:</b> when the work must not be able to harm the server or other clients,
 * or is an existing program, as with inetd. <b>Its limit:</b> a process takes milliseconds to start
 * and megabytes to keep. A client that sends nothing takes one too, except with the built-in
 * filter, which starts at the first request. (Another program may reply to no input, like {@code
 * date}.) A program that buffers its output, as most do when it is not a terminal, replies only
 * when its input ends. A change of the job or the service affects new children only.
 *
 * <p><b>Python:</b> the forking servers (fork, SocketServer fork, multiprocessing.Process) over TCP
 * and UDP. Java cannot fork, so the child is a new program.
 */
public final class ProcessPerConnectionModel implements ConcurrencyModel {
  // A child silent for this long after the end of its input is considered hung.
  private static final long HANGING_MILLIS = 60_000;
  private static final long CLOSE_SECONDS = 5;

  // A small JVM. Standard output is for replies only: the JVM's own output (warnings, a thread dump
  // after SIGQUIT) goes to standard error.
  private static final List<String> FILTER_OPTIONS =
      List.of(
          "-XX:+DisplayVMOutputToStderr",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx32m",
          "-XX:-UsePerfData",
          "-Xlog:disable",
          "-Xlog:all=warning:stderr");

  private final List<String> command;
  private final long hangingMillis;
  private final ScheduledThreadPoolExecutor watchdog =
      new ScheduledThreadPoolExecutor(1, new DefaultThreadFactory("upper-process-watchdog", true));
  // One thread per child; further conversations wait in the executor's queue.
  private final ExecutorService parents;
  private final ExecutorService helpers =
      Executors.newCachedThreadPool(new DefaultThreadFactory("upper-process-helper", true));

  /**
   * @param command the program and its arguments; null for the built-in filter. It counts as
   *     hanging if, after the end of its input, it is silent for {@value #HANGING_MILLIS} ms plus
   *     the job's time
   * @param maxProcesses maximum number of children at once, at least 1
   */
  public ProcessPerConnectionModel(List<String> command, int maxProcesses) {
    this(command, maxProcesses, Duration.ofMillis(HANGING_MILLIS));
  }

  ProcessPerConnectionModel(List<String> command, int maxProcesses, Duration hanging) {
    this.command = command;
    this.hangingMillis = hanging.toMillis();
    watchdog.setRemoveOnCancelPolicy(true);
    FileDescriptors.reserveForChildren();
    this.parents =
        Executors.newFixedThreadPool(
            maxProcesses, new DefaultThreadFactory("upper-process-parent", true));
  }

  @Override
  public RequestHandler handle(Conversation conversation) {
    BlockingConversation.Dialogue service = client -> serve(client, conversation);
    return command == null
        ? BlockingConversation.startAtFirstRequest(conversation, parents, service)
        : BlockingConversation.start(conversation, parents, service);
  }

  /** Serves a connection, on a thread that supervises its child. */
  private void serve(BlockingConversation client, Conversation conversation)
      throws IOException, InterruptedException {
    boolean announces = command == null && RequestRecording.wantsChildStarts();
    long began = System.nanoTime();
    Process process = start(conversation, announces);
    ChildProcess child =
        new ChildProcess(
            process, conversation, client, hangingMillis + conversation.job().millis());
    // Killing it also ends a write that it does not read.
    client.onCancel(() -> killSoon(child));
    try {
      helpers.execute(() -> child.sendReplies(announces, began));
      child.feed(watchdog);
      child.awaitEnd();
    } finally {
      child.kill();
      child.awaitExit();
    }
  }

  /** Starts a child; waits while there are too few descriptors. */
  private Process start(Conversation conversation, boolean announces)
      throws IOException, InterruptedException {
    List<String> program = command;
    if (program == null) {
      program = builtIn(conversation.job(), conversation.service());
      if (announces) {
        program.add(ServiceFilter.ANNOUNCE);
      }
    }
    try {
      return FileDescriptors.start(ChildJvm.process(program).redirectError(Redirect.INHERIT));
    } catch (IOException e) {
      throw new IOException("cannot start a process: " + e.getMessage(), e);
    }
  }

  private void killSoon(ChildProcess child) {
    try {
      helpers.execute(child::kill);
    } catch (RejectedExecutionException e) {
      // The model is closed: its children have ended.
    }
  }

  /** The command of the built-in child, a small JVM. */
  static List<String> builtIn(Job job, ConfiguredService service) {
    return ChildJvm.command(
        FILTER_OPTIONS, ServiceFilter.class.getName(), ServiceFilter.arguments(job, service));
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return false;
  }

  @Override
  public Future<Void> close() {
    parents.shutdownNow();
    watchdog.shutdownNow();
    Promise<Void> freed = Promise.promise();
    helpers.execute(() -> awaitParents(freed));
    return freed.future();
  }

  /** Once the parents have ended, so have the children: none outlives the server. */
  private void awaitParents(Promise<Void> freed) {
    try {
      parents.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      helpers.shutdownNow();
      freed.complete();
    }
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    private static final Setting<Integer> MAX_PROCESSES =
        Setting.integer("maxProcesses", 1, 10_000, 40);

    // The program and its arguments; null for the built-in filter.
    private static final Setting<List<String>> COMMAND = Setting.optionalTexts("command");

    @Override
    public String word() {
      return "process-per-connection";
    }

    @Override
    public String sentence() {
      return "in a child process, in any language, at most maxProcesses at once";
    }

    @Override
    public List<Setting<?>> settings() {
      return List.of(MAX_PROCESSES, COMMAND);
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(settings.get(MAX_PROCESSES), Worker.PROCESS, true);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new ProcessPerConnectionModel(settings.get(COMMAND), settings.get(MAX_PROCESSES));
    }
  }
}
