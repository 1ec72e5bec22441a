package io.upper.model;

import io.upper.job.Job;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work that one conversation asks for, the same in every model: the simulated job, then the
 * uppercase. Used by one thread at a time; which one is what the models differ in.
 *
 * <p>The logger {@code upper.requests} tells, at debug level, who served each request; its
 * arguments are the client, the bytes and the thread, so that a program can listen too.
 */
final class Work {
  private static final Logger REQUESTS = LoggerFactory.getLogger("upper.requests");

  private final Job job;
  private final Uppercase text;
  private final String client;

  Work(Job job, TextCharset charset, Conversation conversation) {
    this.job = job;
    this.text = Uppercase.of(charset);
    this.client = REQUESTS.isDebugEnabled() ? conversation.client() : null;
  }

  /** Does the whole work on the calling thread, which it blocks meanwhile. */
  ByteBuffer serve(ByteBuffer request) throws InterruptedException {
    job.run();
    return answer(request);
  }

  /** Makes the reply, when the job has been done already. */
  ByteBuffer answer(ByteBuffer request) {
    if (client != null) {
      logServed(client, request.remaining(), Thread.currentThread().getName());
    }
    return text.next(request);
  }

  /** Logs who served a request. */
  static void logServed(String client, int bytes, String server) {
    REQUESTS.debug("served client={} bytes={} by={}", client, bytes, server);
  }

  /** What is left to answer at the end of the input: the beginning of a character, or nothing. */
  ByteBuffer end() {
    return text.end();
  }
}
