package io.upper.cert;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A DER value (ITU-T X.690): the subset needed to distinguish types of keys. */
record Der(int tag, byte[] content) {
  static final int INTEGER = 0x02;
  static final int OCTETS = 0x04;
  static final int OBJECT_IDENTIFIER = 0x06;
  static final int SEQUENCE = 0x30;
  static final int EXPLICIT_0 = 0xa0;

  /**
   * Reads a sequence of values.
   *
   * @throws RuntimeException if they are malformed
   */
  static List<Der> read(byte[] bytes) {
    List<Der> values = new ArrayList<>();
    for (ByteBuffer in = ByteBuffer.wrap(bytes); in.hasRemaining(); ) {
      int tag = in.get() & 0xff;
      int length = in.get();
      if (length < 0) { // Long form: the low bits are the number of length bytes.
        int size = length & 0x7f;
        length = 0;
        for (int i = 0; i < size; i++) {
          length = length << 8 | in.get() & 0xff;
        }
      }
      if (length < 0 || length > in.remaining()) {
        throw new IllegalArgumentException("a length of " + length);
      }
      byte[] content = new byte[length];
      in.get(content);
      values.add(new Der(tag, content));
    }
    return values;
  }

  /** The values within this one. */
  List<Der> values() {
    return read(content);
  }

  /** The content in hex, the key to look up object identifiers. */
  String hex() {
    return HexFormat.of().formatHex(content);
  }

  /** Encodes a value from the concatenated contents. */
  static byte[] write(int tag, byte[]... contents) {
    int length = 0;
    for (byte[] content : contents) {
      length += content.length;
    }
    int sizeOfLength = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
    ByteBuffer out = ByteBuffer.allocate(2 + sizeOfLength + length).put((byte) tag);
    out.put((byte) (sizeOfLength == 0 ? length : 0x80 | sizeOfLength));
    for (int i = sizeOfLength - 1; i >= 0; i--) {
      out.put((byte) (length >> 8 * i));
    }
    for (byte[] content : contents) {
      out.put(content);
    }
    return out.array();
  }
}
