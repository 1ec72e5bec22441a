package io.upper.service;

import java.nio.ByteBuffer;

/**
 * Maps the request bytes of one conversation, a connection or a datagram, to its reply bytes. It
 * knows nothing of sockets, models or server settings. Each conversation has an instance of its
 * own, made by the {@link ServiceFactory}.
 *
 * <p><b>Pieces.</b> A stream is cut anywhere, even inside a character, so a service with messages
 * (lines, lengths) keeps the unfinished one until the next call. The replies of all {@link #next}
 * and of {@link #end}, joined, must not depend on the cuts.
 *
 * <p><b>Threads.</b> One thread at a time calls, not always the same one, and each sees what the
 * one before has written. The concurrency model decides which:
 *
 * <pre>
 *   iterative, event-loop    the event loop: while a call runs, every other conversation of that
 *                            event loop waits, and Vert.x warns of a blocked thread after 2 s
 *   worker-pool              a worker: a call may block, and keeps its worker meanwhile; but the
 *                            event loop for held, and for end when nothing is held
 *   thread-per-connection    the conversation's own thread: a call may block
 *   process-per-connection   the main thread of a child process with 32 MiB of heap: a call may
 *                            block, and may print, which goes to the server's standard error
 * </pre>
 *
 * <p><b>Errors.</b> Whatever a call throws, an {@link Error} too, and a reply of null close the
 * connection, or drop the datagram, with one line in the log. No call follows, and no other
 * conversation is affected.
 *
 * <p><b>Bounds.</b> A request has at most 64 KiB per call. A reply over a stream may have any
 * length: it stays in memory until the client has read it, and nothing more is read meanwhile. Over
 * UDP a reply that no datagram holds (65,507 bytes), or that is more than three times as long as
 * its request, is dropped and counted. Nobody but the service bounds what it keeps between calls:
 * it must throw when a message grows too long. A client that sends nothing more is closed after
 * {@code idleTimeoutSeconds}.
 */
public interface Service {

  /**
   * Replies to the next bytes of the conversation: all of them, from position to limit.
   *
   * <p>Bytes outside position and limit belong to others: {@code clear}, {@code rewind} and {@code
   * array} lead there. The fastest reply is {@code bytes} itself, changed in place, with a position
   * and a limit within the ones given: nothing is copied then. Any other buffer must have memory of
   * its own (no slice of {@code bytes}), and the service must not change it afterwards. After the
   * call {@code bytes} is the caller's again: what is to be kept has to be copied.
   *
   * @param bytes at least one byte over a stream, perhaps none over UDP; direct or on the heap, not
   *     read-only
   * @return a buffer whose bytes from position to limit are the reply, perhaps none; never null
   */
  ByteBuffer next(ByteBuffer bytes);

  /**
   * Replies to the end of the input: for a stream when the client sends nothing more, for a
   * datagram after its one {@link #next}. Also called when another service or other settings take
   * the place of this one. The object is then ready for another conversation.
   *
   * @return the last bytes of the reply, usually none; never null
   */
  ByteBuffer end();

  /**
   * Returns a copy of the bytes kept for the next call: a cut character, an unfinished line. The
   * service goes on.
   *
   * @return usually none; never null
   */
  ByteBuffer held();

  /** Returns the whole reply to a whole input, by a service that holds nothing. */
  static byte[] reply(Service service, byte[] input) {
    ByteBuffer first = service.next(ByteBuffer.wrap(input.clone()));
    ByteBuffer last = service.end();
    byte[] reply = new byte[first.remaining() + last.remaining()];
    ByteBuffer.wrap(reply).put(first).put(last);
    return reply;
  }
}
