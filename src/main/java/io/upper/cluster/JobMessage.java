package io.upper.cluster;

import io.upper.job.Job;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * A job on its way to a node: what to do with which bytes.
 *
 * @param id of this attempt, unique in the gateway
 * @param gateway the id of the gateway, which gets the reply
 * @param token of the session between gateway and node, {@link Proof#LENGTH} bytes
 * @param job the simulated work before the reply
 * @param end whether the input ends: then the reply is the rest, and there is no request
 * @param service the word of the service
 * @param settings its settings, a JSON object of texts
 * @param held what the service of the conversation holds from earlier requests
 * @param request the bytes to reply to
 */
record JobMessage(
    long id,
    String gateway,
    byte[] token,
    Job job,
    boolean end,
    String service,
    String settings,
    byte[] held,
    byte[] request) {

  Buffer encode() {
    Buffer buffer = Buffer.buffer(128 + settings.length() + held.length + request.length);
    buffer.appendLong(id);
    appendText(buffer, gateway);
    buffer.appendBytes(token);
    buffer.appendByte((byte) job.kind().ordinal());
    buffer.appendInt(job.millis());
    buffer.appendByte((byte) (end ? 1 : 0));
    appendText(buffer, service);
    appendText(buffer, settings);
    buffer.appendInt(held.length).appendBytes(held);
    return buffer.appendBytes(request);
  }

  /**
   * Decodes a message.
   *
   * @throws IndexOutOfBoundsException if it is cut
   * @throws IllegalArgumentException if it is damaged
   */
  static JobMessage decode(Buffer buffer) {
    Reader in = new Reader(buffer);
    return new JobMessage(
        in.number(),
        in.text(),
        in.bytes(Proof.LENGTH),
        job(in.octet(), in.integer()),
        in.octet() == 1,
        in.text(),
        in.text(),
        in.bytes(in.integer()),
        in.rest());
  }

  private static Job job(int kind, int millis) {
    Job.Kind[] kinds = Job.Kind.values();
    if (kind < 0 || kind >= kinds.length || millis < 0) {
      throw new IllegalArgumentException("no job of kind " + kind + " for " + millis + " ms");
    }
    return new Job(kinds[kind], millis);
  }

  static void appendText(Buffer buffer, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    buffer.appendInt(bytes.length).appendBytes(bytes);
  }

  /** Reads a message from its begin to its end. */
  static final class Reader {
    private final Buffer buffer;
    private int position;

    Reader(Buffer buffer) {
      this.buffer = buffer;
    }

    long number() {
      position += Long.BYTES;
      return buffer.getLong(position - Long.BYTES);
    }

    int integer() {
      position += Integer.BYTES;
      return buffer.getInt(position - Integer.BYTES);
    }

    int octet() {
      return buffer.getByte(position++);
    }

    byte[] bytes(int length) {
      if (length < 0 || length > buffer.length() - position) {
        throw new IndexOutOfBoundsException("a part of " + length + " bytes is cut");
      }
      position += length;
      return buffer.getBytes(position - length, position);
    }

    String text() {
      return new String(bytes(integer()), StandardCharsets.UTF_8);
    }

    byte[] rest() {
      return bytes(buffer.length() - position);
    }
  }
}
