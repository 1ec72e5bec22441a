package io.upper.cluster;

/** A job failed on its node, or no node did it. Has only a message, which users read. */
final class RemoteFailure extends RuntimeException {
  RemoteFailure(String reason) {
    super(reason, null, false, false);
  }
}
