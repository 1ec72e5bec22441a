package io.upper.text;

import io.upper.service.Service;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Maps the letters a to z only, so lengths never change. Stateless: one instance is shared. */
final class AsciiUppercase implements Service {
  static final AsciiUppercase INSTANCE = new AsciiUppercase();

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private AsciiUppercase() {}

  @Override
  public ByteBuffer next(ByteBuffer bytes) {
    ByteOrder order = bytes.order();
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    Ascii.upperAll(Ascii.BLOCKS, bytes, bytes.position(), bytes.limit());
    return bytes.order(order);
  }

  @Override
  public ByteBuffer end() {
    return EMPTY;
  }

  @Override
  public ByteBuffer held() {
    return EMPTY;
  }
}
