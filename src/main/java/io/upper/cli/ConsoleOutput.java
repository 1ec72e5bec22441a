package io.upper.cli;

import io.upper.jvm.Daemon;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard output or standard error of a server process: writing never blocks, even if nobody
 * reads. A dedicated thread writes the buffered lines. While it is blocked, as by a paused pager,
 * up to {@value #MAX_BYTES} bytes are buffered; further lines are dropped, and a line reports their
 * number.
 */
public final class ConsoleOutput extends OutputStream {
  private static final int MAX_BYTES = 1 << 20;
  // Writes to a pipe of at most PIPE_BUF bytes are atomic (pipe(7)).
  private static final int MAX_WRITE = 4096;

  // A larger buffer is not reused.
  private static final int MAX_KEPT = 16 * MAX_WRITE;

  private static final long FLUSH_MILLIS = 2_000;
  // A flush gives up earlier if nothing is read for this long.
  private static final long STUCK_MILLIS = 500;

  private static ConsoleOutput out;
  private static ConsoleOutput err;

  private final String name;
  private final OutputStream target;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition written = lock.newCondition();
  private final Condition progress = lock.newCondition();

  // Bytes not yet taken by the writer thread.
  private byte[] waiting = new byte[MAX_WRITE];
  private int length;
  private boolean inLine;
  private boolean skipping;
  private long lost;

  private Thread writer;
  // Bytes taken by the writer thread but not yet written.
  private int unwritten;

  /**
   * @param name its name in the line about lost lines
   */
  ConsoleOutput(String name, OutputStream target) {
    this.name = name;
    this.target = target;
  }

  /**
   * Makes {@code System.out} and {@code System.err} non-blocking, also for a process that exits.
   */
  public static synchronized void install() {
    if (out == null) {
      out = new ConsoleOutput("standard output", new FileOutputStream(FileDescriptor.out));
      err = new ConsoleOutput("standard error", new FileOutputStream(FileDescriptor.err));
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
      Runtime.getRuntime().addShutdownHook(new Thread(ConsoleOutput::flushAll, "upper-flush"));
    }
  }

  /** Waits for a bounded time until everything is written. */
  static void flushAll() {
    if (out != null) {
      out.awaitWritten();
      err.awaitWritten();
    }
  }

  /** Blocks until standard output has room for a line. */
  static void awaitRoom() {
    if (out != null) {
      out.awaitLength();
    }
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int count) {
    lock.lock();
    try {
      int end = offset + count;
      for (int from = offset; from < end; ) {
        int next = endOfLine(bytes, from, end);
        put(bytes, from, next);
        from = next;
      }
      startWriter();
      written.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Buffers a line or a part of one; a line is dropped as a whole or not at all. */
  private void put(byte[] bytes, int from, int to) {
    if (!inLine) {
      skipping = length >= MAX_BYTES;
    }
    inLine = bytes[to - 1] != '\n';
    if (!skipping) {
      append(bytes, from, to);
    } else if (!inLine) {
      lost++;
    }
  }

  private void append(byte[] bytes, int from, int to) {
    int needed = length + to - from;
    if (needed > waiting.length) {
      waiting = Arrays.copyOf(waiting, Math.max(2 * waiting.length, needed));
    }
    System.arraycopy(bytes, from, waiting, length, to - from);
    length = needed;
  }

  private static int endOfLine(byte[] bytes, int from, int end) {
    int at = from;
    while (at < end && bytes[at] != '\n') {
      at++;
    }
    return Math.min(at + 1, end);
  }

  private void startWriter() {
    if (writer == null) {
      writer = Daemon.start("upper-" + name.replace(' ', '-'), this::writeAll);
    }
  }

  private void writeAll() {
    while (true) {
      byte[] batch;
      lock.lock();
      try {
        while (length == 0) {
          written.awaitUninterruptibly();
        }
        reportLost();
        batch = waiting.length > length ? Arrays.copyOf(waiting, length) : waiting;
        unwritten = length;
        length = 0;
        if (waiting == batch || waiting.length > MAX_KEPT) {
          waiting = new byte[MAX_WRITE];
        }
        progress.signalAll();
      } finally {
        lock.unlock();
      }
      writeBatch(batch);
    }
  }

  /** Appends the line about lost lines where they would have been. */
  private void reportLost() {
    if (lost > 0 && !inLine) {
      String line = lost + " lines are lost here: " + name + " was not read in time\n";
      byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
      append(bytes, 0, bytes.length);
      lost = 0;
    }
  }

  private void writeBatch(byte[] batch) {
    for (int from = 0; from < batch.length; ) {
      int to = endOfWrite(batch, from);
      try {
        target.write(batch, from, to - from);
      } catch (IOException e) {
        // The reader has closed its end.
      }
      recordWritten(batch.length - to);
      from = to;
    }
  }

  /** Batches whole lines into one write; a partial line is never joined with others. */
  private static int endOfWrite(byte[] batch, int from) {
    int end = endOfLine(batch, from, batch.length);
    int next = end;
    while (next < batch.length && next - from <= MAX_WRITE) {
      end = next;
      next = endOfLine(batch, next, batch.length);
    }
    return next - from <= MAX_WRITE ? next : end;
  }

  private void recordWritten(int left) {
    lock.lock();
    try {
      unwritten = left;
      progress.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void awaitLength() {
    lock.lock();
    try {
      while (length >= MAX_BYTES) {
        progress.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Gives up if nothing is read. */
  private void awaitWritten() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FLUSH_MILLIS);
    lock.lock();
    try {
      boolean moves = true;
      while (length + unwritten > 0 && moves && System.nanoTime() < deadline) {
        moves = progress.await(STUCK_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }
}
