package io.upper.check.cases;

import java.io.ByteArrayOutputStream;

/** A ClientHello of TLS 1.1 (RFC 4346, section 7.4.1.2), which the JDK no longer makes. */
final class OldHello {
  // ECDHE and RSA with AES: what every server of that time had.
  private static final int[] CIPHERS = {0xc00a, 0xc009, 0xc014, 0xc013, 0x0035, 0x002f};

  // The curves P-256 and P-384 (RFC 8422, section 5.1.1), uncompressed points (5.1.2).
  private static final byte[] EXTENSIONS = {0, 10, 0, 6, 0, 4, 0, 23, 0, 24, 0, 11, 0, 2, 1, 0};

  /** The record. */
  static final byte[] TLS_1_1 = record();

  private OldHello() {}

  private static byte[] record() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(new byte[] {3, 2}); // The version.
    body.writeBytes(new byte[32]); // The random number.
    body.write(0); // No session.
    number(body, 2 * CIPHERS.length);
    for (int cipher : CIPHERS) {
      number(body, cipher);
    }
    body.writeBytes(new byte[] {1, 0}); // No compression.
    number(body, EXTENSIONS.length);
    body.writeBytes(EXTENSIONS);

    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(new byte[] {22, 3, 1}); // A handshake record.
    number(record, body.size() + 4);
    record.writeBytes(new byte[] {1, 0}); // A ClientHello.
    number(record, body.size());
    record.writeBytes(body.toByteArray());
    return record.toByteArray();
  }

  private static void number(ByteArrayOutputStream to, int value) {
    to.write(value >> 8);
    to.write(value);
  }
}
