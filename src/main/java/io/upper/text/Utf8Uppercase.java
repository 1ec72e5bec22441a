package io.upper.text;

import io.upper.service.Service;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Maps all of Unicode, in UTF-8. Not thread-safe: it holds back an incomplete character at the end
 * of a piece.
 */
final class Utf8Uppercase implements Service {
  private static final byte[] NONE = {};

  /** Spare capacity for later characters that grow. */
  private static final int SPARE_BYTES = 16;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  /** The incomplete character at the end of the previous piece. */
  private byte[] held = NONE;

  /**
   * The reply to the current piece once a character has changed its length; null before. Always has
   * room for the rest of the piece at unchanged length.
   */
  private ByteBuffer moved;

  /** The bytes of the piece before this index have been copied to {@link #moved}. */
  private int movedTo;

  @Override
  public ByteBuffer next(ByteBuffer bytes) {
    int bytesLimit = bytes.limit();
    ByteBuffer piece = held.length == 0 ? bytes : joinHeld(bytes);
    ByteOrder order = piece.order();
    int limit = upper(piece.order(ByteOrder.LITTLE_ENDIAN));
    piece.order(order);
    hold(piece, limit);
    piece.limit(limit);
    ByteBuffer reply = moved == null ? piece : takeMoved(piece);
    if (reply != bytes) {
      bytes.limit(bytesLimit).position(bytesLimit);
    }
    return reply;
  }

  @Override
  public ByteBuffer end() {
    ByteBuffer rest = held();
    held = NONE;
    return rest;
  }

  @Override
  public ByteBuffer held() {
    return held.length == 0 ? EMPTY : ByteBuffer.wrap(held.clone());
  }

  /** Maps a piece and returns the end of its last complete character. */
  private int upper(ByteBuffer piece) {
    int at = piece.position();
    int limit = piece.limit();
    movedTo = at;
    while (at < limit) {
      at = Ascii.upperRun(piece, at, limit);
      at = SameLength.upperRun(piece, at, limit);
      if (at < limit && piece.get(at) < 0) {
        int width = Utf8.width(piece.get(at));
        int count = Utf8.matching(piece, at, limit, width);
        if (count == width) {
          upper(piece, at, width);
        } else if (count < width && at + count == limit) {
          return at;
        }
        // Bytes that are not UTF-8 are left unchanged.
        at += count;
      }
    }
    return limit;
  }

  /** Maps one character, in place if its length does not change. */
  private void upper(ByteBuffer piece, int at, int width) {
    long upper = CaseMapping.upper(Utf8.codePoint(piece, at, width));
    if (upper == CaseMapping.UNCHANGED) {
      return;
    }
    int length = Utf8.packedLength(upper);
    if (length == width) {
      put(piece, at, upper, length);
    } else {
      move(piece, at, length - width);
      put(moved, moved.position(), upper, length);
      moved.position(moved.position() + length);
      movedTo = at + width;
    }
  }

  private static void put(ByteBuffer bytes, int at, long packed, int length) {
    long rest = packed;
    for (int i = length - 1; i >= 0; i--) {
      bytes.put(at + i, (byte) rest);
      rest >>>= Byte.SIZE;
    }
  }

  /**
   * Makes {@link #moved} large enough for the piece and its growth, and copies all before {@code
   * at} to it.
   */
  private void move(ByteBuffer piece, int at, int growth) {
    int done = moved == null ? 0 : moved.position();
    int needed = done + piece.limit() - movedTo + growth;
    if (moved == null || moved.capacity() < needed) {
      ByteBuffer larger = ByteBuffer.allocate(needed + needed / 4 + SPARE_BYTES);
      moved = moved == null ? larger : larger.put(moved.flip());
    }
    append(piece, at);
  }

  /** Copies the bytes of the piece before an index, already mapped in place. */
  private void append(ByteBuffer piece, int end) {
    int length = end - movedTo;
    moved.put(moved.position(), piece, movedTo, length);
    moved.position(moved.position() + length);
  }

  /** Returns the reply to a piece whose length changed. */
  private ByteBuffer takeMoved(ByteBuffer piece) {
    append(piece, piece.limit());
    ByteBuffer reply = moved.flip();
    moved = null;
    return reply;
  }

  /** Joins the bytes held back and the given ones, which are consumed, to one piece. */
  private ByteBuffer joinHeld(ByteBuffer bytes) {
    ByteBuffer piece = ByteBuffer.allocate(held.length + bytes.remaining());
    return piece.put(held).put(bytes).flip();
  }

  /** Holds back the incomplete character at the end. */
  private void hold(ByteBuffer piece, int from) {
    int length = piece.limit() - from;
    if (length == 0) {
      held = NONE;
    } else {
      held = new byte[length];
      piece.get(from, held);
    }
  }
}
