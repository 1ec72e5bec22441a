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
 * Each connection (or datagram) has a child process of its own: what the client sends is its
 * standard input, what it writes to standard output is the reply. Any program that does so serves,
 * in any language; the one built in is {@link ServiceFilter}. No more than so many children exist
 * at once; further clients wait their turn.
 *
 * <p><b>When to choose it:</b> when the work must not be able to harm the server or other clients,
 * or is a program that exists already: the manner of inetd. <b>Its limit:</b> a process costs
 * milliseconds to start and megabytes to keep; and a client that says nothing keeps one all the
 * same, unless it is that of the built-in filter, which is started for the first request. (Another
 * program may answer to nothing, as {@code date} does.) A program that gathers its output, as most
 * do when it is no terminal, replies late: when its input ends. And a change of the job or the
 * service reaches new children only.
 *
 * <p><b>Python:</b> the forking servers (fork, SocketServer fork, multiprocessing.Process) over TCP
 * and UDP. Java cannot fork, so the child is another program.
 */
public final class ProcessPerConnectionModel implements ConcurrencyModel {
  // A child that is silent for so long after its input has ended is hanging.
  private static final long HANGING_MILLIS = 60_000;
  private static final long CLOSE_SECONDS = 5;

  // A small JVM. Its standard output is the reply's alone: what Java itself has to say (warnings, a
  // thread dump after SIGQUIT) goes to standard error.
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
  // A thread each for the children there may be: so further conversations wait in the queue.
  private final ExecutorService parents;
  private final ExecutorService helpers =
      Executors.newCachedThreadPool(new DefaultThreadFactory("upper-process-helper", true));

  /**
   * @param command the program and its arguments; null for the built-in filter. When it is silent
   *     for {@value #HANGING_MILLIS} ms longer than a job takes, after its input has ended, it is
   *     hanging
   * @param maxProcesses children at once, at least 1
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
        ? BlockingConversation.beginWhenAsked(conversation, parents, service)
        : BlockingConversation.begin(conversation, parents, service);
  }

  /** The whole service of a connection, in a thread that watches over its child. */
  private void serve(BlockingConversation client, Conversation conversation)
      throws IOException, InterruptedException {
    boolean announces = command == null && RequestRecording.wantsChildStarts();
    long began = System.nanoTime();
    Process process = start(conversation, announces);
    ChildProcess child =
        new ChildProcess(
            process, conversation, client, hangingMillis + conversation.job().millis());
    // Besides, killing it is what ends a write that it does not read.
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

  /** Waits while there are too few descriptors for a child, as for a place. */
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

  /** The command of the built-in child: a small JVM. */
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

  /** When the parents have ended, so have the children: none outlives the server. */
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

  /** What it is called, and how it is made. */
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
