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
 * A child process that serves one conversation: a thread gives it the requests and watches over it,
 * another one sends what it writes.
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

  // What it was given and has not answered yet; empty when nobody wants to know.
  private final Queue<Given> given = new ConcurrentLinkedQueue<>();

  /** A request that the child was given. */
  private record Given(int bytes, long arrived, long started) {}

  /**
   * @param client the same conversation, for blocking code
   * @param hangingMillis a child that moves nothing for so long, though it should, is killed
   */
  ChildProcess(
      Process process, Conversation conversation, BlockingConversation client, long hangingMillis) {
    this.process = process;
    this.name = "process " + process.pid();
    this.conversation = conversation;
    this.client = client;
    this.hangingMillis = hangingMillis;
  }

  /** Gives the child what the client sends, to the end of either; blocks. */
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
      // The child reads no more: it has ended, or is about to.
      LOG.debug("{} of {}: {}", name, conversation.client(), e.getMessage());
    }
  }

  /** A write cannot be interrupted: a child that does not read is killed, which ends it. */
  private void killUnlessSending() {
    if (!sending) {
      failure = new IOException(name + " does not read its input: killed");
      kill();
    }
  }

  private void expectReply(int bytes) {
    if (conversation.observer() != null) {
      given.add(new Given(bytes, conversation.arrived(), System.nanoTime()));
    }
  }

  /** It has written: what answers what is known to the program alone, so all is answered. */
  private void observe() {
    for (Given one = given.poll(); one != null; one = given.poll()) {
      conversation
          .observer()
          .served(
              conversation.client(), name, one.bytes, one.arrived, one.started, System.nanoTime());
    }
  }

  /**
   * Sends the client what the child writes, to its end; blocks.
   *
   * @param announces whether its first byte says that it is ready
   * @param began when its start began ({@link System#nanoTime})
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
   * Waits for its end, once its input has ended; blocks.
   *
   * @throws IOException if it failed, or moves nothing for too long
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

  /** False if the child is silent; a client slow to read is no fault of it. */
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

  /** Ends it, and what it has started: those hold its pipes, too. */
  void kill() {
    if (process.isAlive()) {
      // Not by Process.destroyForcibly, which closes the child's input, too: it would wait for the
      // thread that is blocked writing to it.
      Stream.concat(Stream.of(process.toHandle()), process.descendants())
          .toList()
          .forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Waits until it is gone, even if the thread is interrupted: its place is free then. */
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
  }
}
