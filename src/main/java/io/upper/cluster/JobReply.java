package io.upper.cluster;

import io.vertx.core.buffer.Buffer;

/**
 * What a node answers to a {@link JobMessage}.
 *
 * @param id of the attempt
 * @param token of the session between gateway and node
 * @param outcome what has become of the job
 * @param workedNanos how long job and service took on the node
 * @param held what the service now holds for the next request
 * @param bytes the reply to the client; the reason in UTF-8 if the job has failed
 */
record JobReply(
    long id, byte[] token, Outcome outcome, long workedNanos, byte[] held, byte[] bytes) {

  /** What has become of a job. */
  enum Outcome {
    DONE,
    /** The service has thrown: another node would fail as well. */
    FAILED,
    /** The node does not take it: another one may. */
    REFUSED
  }

  Buffer encode() {
    Buffer buffer = Buffer.buffer(64 + held.length + bytes.length);
    buffer.appendLong(id);
    buffer.appendBytes(token);
    buffer.appendByte((byte) outcome.ordinal());
    buffer.appendLong(workedNanos);
    buffer.appendInt(held.length).appendBytes(held);
    return buffer.appendBytes(bytes);
  }

  /**
   * Decodes a message.
   *
   * @throws IndexOutOfBoundsException if it is cut or damaged
   */
  static JobReply decode(Buffer buffer) {
    JobMessage.Reader in = new JobMessage.Reader(buffer);
    return new JobReply(
        in.number(),
        in.bytes(Proof.LENGTH),
        Outcome.values()[in.octet()],
        in.number(),
        in.bytes(in.integer()),
        in.rest());
  }
}
