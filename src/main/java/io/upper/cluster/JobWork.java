package io.upper.cluster;

import io.upper.cluster.JobReply.Outcome;
import io.upper.net.Listeners;
import io.upper.service.Service;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a worker of a job node does with a job. Thread-safe. */
final class JobWork {
  private static final byte[] NOTHING = {};

  private final ServiceText.Created services = new ServiceText.Created();

  /** Does job and service on the calling thread, which blocks meanwhile; never throws. */
  JobReply reply(JobMessage message) {
    long started = System.nanoTime();
    try {
      return serve(message, started);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // The node stops.
      return failed(message, Outcome.REFUSED, started, e);
    } catch (Throwable e) { // Other languages throw checked exceptions undeclared.
      return failed(message, Outcome.FAILED, started, e);
    }
  }

  private static JobReply failed(
      JobMessage message, Outcome outcome, long started, Throwable cause) {
    byte[] reason = Listeners.reason(cause).getBytes(StandardCharsets.UTF_8);
    return new JobReply(message.id(), message.token(), outcome, since(started), NOTHING, reason);
  }

  private JobReply serve(JobMessage message, long started) throws InterruptedException {
    if (!message.end()) {
      message.job().run();
    }
    Service service = services.get(new ServiceText(message.service(), message.settings())).create();
    ByteBuffer first = message.held().length == 0 ? empty() : next(service, message.held());
    ByteBuffer second = message.end() ? service.end() : next(service, message.request());
    byte[] reply = new byte[first.remaining() + second.remaining()];
    ByteBuffer.wrap(reply).put(first).put(second);
    byte[] held = message.end() ? NOTHING : bytes(service.held());
    return new JobReply(message.id(), message.token(), Outcome.DONE, since(started), held, reply);
  }

  /** The reply, which may be the request's buffer, stays valid: it is not used again. */
  private static ByteBuffer next(Service service, byte[] bytes) {
    ByteBuffer request = ByteBuffer.wrap(bytes);
    ByteBuffer reply = service.next(request);
    if (reply == null) {
      throw new IllegalStateException("the service returns null");
    }
    return reply;
  }

  private static ByteBuffer empty() {
    return ByteBuffer.wrap(NOTHING);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static long since(long started) {
    return System.nanoTime() - started;
  }
}
