package io.upper.check;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** What a client expects, what it has received, and where the two first differ. */
final class Reply {
  private byte[] expected = new byte[256];
  private int expectedCount;
  private byte[] received = new byte[256];
  private int receivedCount;
  // The first bytes of what was received that are as expected.
  private int right;

  void expect(byte[] bytes) {
    if (expectedCount + bytes.length > expected.length) {
      int needed = expectedCount + bytes.length;
      expected = Arrays.copyOf(expected, Math.max(2 * expected.length, needed));
    }
    System.arraycopy(bytes, 0, expected, expectedCount, bytes.length);
    expectedCount += bytes.length;
  }

  /** Where the next bytes go; at least one fits. */
  ByteBuffer room() {
    if (receivedCount == received.length) {
      received = Arrays.copyOf(received, 2 * receivedCount);
    }
    return ByteBuffer.wrap(received, receivedCount, received.length - receivedCount);
  }

  /** So many bytes were put where {@link #room} said. */
  void received(int count) {
    receivedCount += count;
  }

  /** These bytes have come. */
  void received(byte[] bytes) {
    if (receivedCount + bytes.length > received.length) {
      int needed = receivedCount + bytes.length;
      received = Arrays.copyOf(received, Math.max(2 * received.length, needed));
    }
    System.arraycopy(bytes, 0, received, receivedCount, bytes.length);
    receivedCount += bytes.length;
  }

  /** The position of the first byte that differs, or is missing, or is too much. */
  int firstDifference() {
    int common = Math.min(receivedCount, expectedCount);
    int mismatch = Arrays.mismatch(received, right, common, expected, right, common);
    right = mismatch < 0 ? common : right + mismatch;
    return right;
  }

  /** Whether a byte differs from the expected one. */
  boolean differs() {
    return firstDifference() < Math.min(receivedCount, expectedCount);
  }

  byte[] expected() {
    return Arrays.copyOf(expected, expectedCount);
  }

  int expectedCount() {
    return expectedCount;
  }

  byte[] received() {
    return Arrays.copyOf(received, receivedCount);
  }

  int receivedCount() {
    return receivedCount;
  }
}
