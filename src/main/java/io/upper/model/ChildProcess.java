package io.upper.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child process that serves one conversation: one thread writes the requests to it and supervises
 * it, another sends its output.
 */
final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final int BUFFER = 64 * 1024;

  private final Process process;
  private final String name;
  private final Conversation conversation;
  private final BlockingConversation client;
  private final long hangingMillis;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile IOException failure;
  private volatile long pieces;
  private volatile boolean sending;

  // Requests that the child has not answered yet; empty without an observer.
  private final Queue<Unanswered> unanswered = new ConcurrentLinkedQueue<>();

  /** A request written to the child. */
  private record Unanswered(int bytes, long arrived, long started) {}

  /**
   * @param client the same conversation, for blocking code
   * @param hangingMillis a child that has work but neither reads nor writes for so long is killed
   */
  ChildProcess(
      Process process, Conversation conversation, BlockingConversation client, long hangingMillis) {
    this.process = process;
    this.name = "process " + process.pid();
    this.conversation = conversation;
    this.client = client;
    this.hangingMillis = hangingMillis;
  }

  /** Writes the client's requests to the child, until either ends; blocks. */
  void feed(ScheduledExecutorService watchdog) throws InterruptedException {
    try (OutputStream input = process.getOutputStream()) {
      ByteBuffer request;
      while ((request = client.read()) != null) {
        expectReply(request.remaining());
        ScheduledFuture<?> watch =
            watchdog.scheduleWithFixedDelay(
                this::killUnlessSending, hangingMillis, hangingMillis, TimeUnit.MILLISECONDS);
        try {
          input.write(
              request.array(), request.arrayOffset() + request.position(), request.remaining());
          input.flush();
        } finally {
          watch.cancel(false);
        }
      }
    } catch (IOException e) {
      // The child has closed its input: it has ended, or is about to.
      LOG.debug("{} of {}: {}", name, conversation.client(), e.getMessage());
    }
  }

  /** A blocked write cannot be interrupted; killing the child that does not read ends it. */
  private void killUnlessSending() {
    if (!sending) {
      failure = new IOException(name + " does not read its input: killed");
      kill();
    }
  }

  private void expectReply(int bytes) {
    RequestObserver observer = conversation.observer();
    if (observer != null) {
      Unanswered request = new Unanswered(bytes, conversation.arrived(), System.nanoTime());
      observer.started(conversation, name, request.arrived, request.started);
      unanswered.add(request);
    }
  }

  /** The child has written: only it knows which requests that answers, so all count as answered. */
  private void observe() {
    for (Unanswered one = unanswered.poll(); one != null; one = unanswered.poll()) {
      conversation
          .observer()
          .served(
              conversation.client(), name, one.bytes, one.arrived, one.started, System.nanoTime());
    }
  }

  /**
   * Sends the child's output to the client, until it ends; blocks.
   *
   * @param announces whether its first byte announces that it is ready
   * @param began when it was started ({@link System#nanoTime})
   */
  void sendReplies(boolean announces, long began) {
    try (InputStream output = process.getInputStream()) {
      if (announces && output.read() == ServiceFilter.READY) {
        RequestRecording.childStarted(name, began, System.nanoTime());
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

  /**
   * Waits for the child to end, after its input has ended; blocks.
   *
   * @throws IOException if it failed or hangs
   */
  void awaitEnd() throws IOException, InterruptedException {
    boolean silent = !awaitEndOfOutput();
    if (failure != null) {
      throw failure;
    }
    if (!process.waitFor(silent ? 0 : hangingMillis, TimeUnit.MILLISECONDS)) {
      throw new IOException(name + " does not end: killed");
    }
    if (process.exitValue() != 0) {
      throw new IOException(name + " ended with status " + process.exitValue());
    }
  }

  /** False if the child hangs; time spent on a client slow to read does not count. */
  private boolean awaitEndOfOutput() throws InterruptedException {
    long before;
    do {
      before = pieces;
      if (ended.await(hangingMillis, TimeUnit.MILLISECONDS)) {
        return true;
      }
    } while (sending || pieces > before);
    return false;
  }

  /** Kills the child and its descendants, which hold its pipes too. */
  void kill() {
    if (process.isAlive()) {
      // Not Process.destroyForcibly: it also closes the child's input, and so would wait for the
      // thread blocked writing to it.
      Stream.concat(Stream.of(process.toHandle()), process.descendants())
          .toList()
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Waits until the child is gone, even if interrupted: then its slot is free. */
  void awaitExit() {
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
    if (conversation.observer() != null) {
      conversation.observer().workerEnded(name, "ended with status " + process.exitValue());
    }
  }
}
