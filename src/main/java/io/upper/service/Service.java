package io.upper.service;

import java.nio.ByteBuffer;

/**
 * Maps the request bytes of one conversation, a connection or a datagram, to its reply bytes. It
 * knows nothing of sockets, models or server settings. Each conversation has its own instance,
 * created by the {@link ServiceFactory}.
 *
 * <p><b>Pieces.</b> A stream is cut anywhere, even inside a character, so a service with messages
 * (lines, lengths) keeps the unfinished one until the next call. The replies of all {@link #next}
 * and of {@link #end}, joined, must not depend on the cuts.
 *
 * <p><b>Threads.</b> Calls come from one thread at a time, not always the same one, with
 * happens-before between them. The concurrency model decides which:
 *
 * <pre>
 *   iterative, event-loop    the event loop: during a call every other conversation on that
 *                            event loop waits, and Vert.x warns of a blocked thread after 2 s
 *   worker-pool              a worker thread: a call may block; but the
 *                            event loop for held, and for end if nothing is held
 *   thread-per-connection    the conversation's own thread: a call may block
 *   process-per-connection   the main thread of a child process with 32 MiB of heap: a call may
 *                            block, and may print, to the server's standard error
 * </pre>
 *
 * <p><b>Errors.</b> A call that throws, even an {@link Error}, or returns null closes the
 * connection or drops the datagram, with one line in the log. No call follows, and no other
 * conversation is affected.
 *
 * <p><b>Bounds.</b> A request has at most 64 KiB per call. A reply over a stream may have any
 * length: it stays in memory until the client has read it, and nothing more is read meanwhile. Over
 * UDP a reply longer than a datagram (65,507 bytes), or more than three times as long as its
 * request, is dropped and counted. Only the service limits what it keeps between calls: it must
 * throw when a message grows too long. A client that sends nothing more is closed after {@code
 * idleTimeoutSeconds}.
 */
public interface Service {

  /**
   * Replies to the next bytes of the conversation: all of them, from position to limit.
   *
   * <p>Bytes outside position and limit belong to others; {@code clear}, {@code rewind} and {@code
   * array} expose them. The fastest reply is {@code bytes} itself, changed in place, with a
   * position and a limit within the ones given: then nothing is copied. Any other buffer must have
   * memory of its own (no slice of {@code bytes}), and the service must not change it afterwards.
   * After the call {@code bytes} belongs to the caller: copy what you keep.
   *
   * @param bytes at least one byte over a stream, perhaps none over UDP; direct or on the heap, not
   *     read-only
   * @return a buffer with the reply from position to limit, possibly empty; never null
   */
  ByteBuffer next(ByteBuffer bytes);

  /**
   * Replies to the end of the input: of a stream when the client half-closes, of a datagram after
   * its only {@link #next}. Also called when another service or other settings replace this one.
   * Afterwards the object is ready for another conversation.
   *
   * @return the last bytes of the reply, usually none; never null
   */
  ByteBuffer end();

  /**
   * Returns a copy of the bytes kept for the next call: a cut character, an unfinished line. Does
   * not change the service.
   *
   * @return usually none; never null
   */
  ByteBuffer held();

  /** Returns the whole reply to a whole input, from a service that holds nothing. */
  static byte[] reply(Service service, byte[] input) {
    ByteBuffer first = service.next(ByteBuffer.wrap(input.clone()));
    ByteBuffer last = service.end();
    byte[] reply = new byte[first.remaining() + last.remaining()];
    ByteBuffer.wrap(reply).put(first).put(last);
    return reply;
  }
}
