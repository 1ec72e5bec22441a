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
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger(ProcessPerConnectionModel.class);
  private static final int BUFFER = 64 * 1024;

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
    return command == null
        ? BlockingConversation.beginWhenAsked(conversation, parents, this::serve)
        : BlockingConversation.begin(conversation, parents, this::serve);
  }

  /** The whole service of a connection, in a thread that watches over its child. */
  private void serve(BlockingConversation client) throws IOException, InterruptedException {
    boolean announces = command == null && RequestRecording.wantsChildStarts();
    long began = System.nanoTime();
    Process process = start(client, announces);
    long hangingMillis = this.hangingMillis + client.job().millis();
    // Besides, killing it is what ends a write that it does not read.
    client.onCancel(() -> killSoon(process));
    try {
      Output output = new Output(process, client, announces, began);
      helpers.execute(output);
      feed(process, client, output, hangingMillis);
      awaitEnd(process, output, hangingMillis);
    } finally {
      kill(process);
      awaitExit(process);
    }
  }

  /** Waits while there are too few descriptors for a child, as for a place. */
  private Process start(BlockingConversation client, boolean announces)
      throws IOException, InterruptedException {
    List<String> program = command;
    if (program == null) {
      program = builtIn(client.job(), client.service());
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

  /** What the client sends is the child's input. */
  private void feed(Process process, BlockingConversation client, Output output, long hangingMillis)
      throws InterruptedException {
    String name = "process " + process.pid();
    try (OutputStream input = process.getOutputStream()) {
      ByteBuffer request;
      while ((request = client.read()) != null) {
        output.expect(request.remaining());
        ScheduledFuture<?> watch = watch(process, output, hangingMillis);
        try {
          input.write(
              request.array(), request.arrayOffset() + request.position(), request.remaining());
          input.flush();
        } finally {
          watch.cancel(false);
        }
      }
    } catch (IOException e) {
      // The child reads no more: it has ended, or is about to.
      LOG.debug("{} of {}: {}", name, client.client(), e.getMessage());
    }
  }

  /** A write cannot be interrupted: a child that does not read is killed, which ends it. */
  private ScheduledFuture<?> watch(Process process, Output output, long hangingMillis) {
    return watchdog.scheduleWithFixedDelay(
        () -> {
          if (!output.sending) {
            output.failure =
                new IOException("process " + process.pid() + " does not read its input: killed");
            kill(process);
          }
        },
        hangingMillis,
        hangingMillis,
        TimeUnit.MILLISECONDS);
  }

  /** A request that a child was given. */
  private record Given(int bytes, long arrived, long started) {}

  /** What the child writes is sent to the client. */
  private static final class Output implements Runnable {
    private final Process process;
    private final BlockingConversation client;
    private final boolean announces;
    private final long began;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile IOException failure;
    private volatile long pieces;
    private volatile boolean sending;

    // What it was given and has not answered yet; empty when nobody wants to know.
    private final Queue<Given> given = new ConcurrentLinkedQueue<>();

    Output(Process process, BlockingConversation client, boolean announces, long began) {
      this.process = process;
      this.client = client;
      this.announces = announces;
      this.began = began;
    }

    /** The process is about to be given a request of so many bytes. */
    void expect(int bytes) {
      if (client.observer() != null) {
        given.add(new Given(bytes, client.arrived(), System.nanoTime()));
      }
    }

    /** It has written: what answers what is known to the program alone, so all is answered. */
    private void observe() {
      String worker = "process " + process.pid();
      for (Given one = given.poll(); one != null; one = given.poll()) {
        client
            .observer()
            .served(
                client.client(), worker, one.bytes, one.arrived, one.started, System.nanoTime());
      }
    }

    @Override
    public void run() {
      try (InputStream output = process.getInputStream()) {
        if (announces && output.read() == ServiceFilter.READY) {
          RequestRecording.childStarted("process " + process.pid(), began, System.nanoTime());
        }
        byte[] buffer = new byte[BUFFER];
        for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
          observe();
          sending = true;
          client.write(ByteBuffer.wrap(Arrays.copyOf(buffer, n)));
          pieces++;
          sending = false;
        }
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      } catch (InterruptedException e) {
        // The model is closed.
      } finally {
        ended.countDown();
        client.endInput();
      }
    }

    /** Waits for the end, unless the child is silent; a client slow to read is no fault of it. */
    boolean awaitEnd(long silentMillis) throws InterruptedException {
      long before;
      do {
        before = pieces;
        if (ended.await(silentMillis, TimeUnit.MILLISECONDS)) {
          return true;
        }
      } while (sending || pieces > before);
      return false;
    }
  }

  private void awaitEnd(Process process, Output output, long hangingMillis)
      throws IOException, InterruptedException {
    boolean ended = output.awaitEnd(hangingMillis);
    if (output.failure != null) {
      throw output.failure;
    }
    if (!process.waitFor(ended ? hangingMillis : 0, TimeUnit.MILLISECONDS)) {
      throw new IOException("process " + process.pid() + " does not end: killed");
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "process " + process.pid() + " ended with status " + process.exitValue());
    }
  }

  private void killSoon(Process process) {
    try {
      helpers.execute(() -> kill(process));
    } catch (RejectedExecutionException e) {
      // The model is closed: its children have ended.
    }
  }

  /** Ends a child, and what it has started: those hold its pipes, too. */
  private static void kill(Process process) {
    if (process.isAlive()) {
      // Not by Process.destroyForcibly, which closes the child's input, too: it would wait for the
      // thread that is blocked writing to it.
      Stream.concat(Stream.of(process.toHandle()), process.descendants())
          .toList()
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Its place is free for another when it is gone, not before. */
  private static void awaitExit(Process process) {
    boolean interrupted = false;
    while (true) {
      try {
        process.waitFor();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
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
