package io.upper.text;

import java.nio.ByteBuffer;

/**
 * The uppercase of ASCII bytes, as many at a time as the processor can: for long texts many times
 * as fast as {@link Ascii}'s eight.
 */
interface AsciiBlocks {

  /** The variant for this Java; null if it has none, or if the jar was built without it. */
  static AsciiBlocks find() {
    try {
      // Not initialized yet: without native access that would print a warning.
      Class<?> type =
          Class.forName("io.upper.text.SegmentBlocks", false, AsciiBlocks.class.getClassLoader());
      return (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(type.getModule())
          ? (AsciiBlocks) type.getDeclaredConstructor().newInstance()
          : null;
    } catch (ReflectiveOperationException | UnsupportedClassVersionError e) {
      return null;
    }
  }

  /**
   * Maps all ASCII bytes of a range in place; other bytes are unchanged.
   *
   * @param bytes direct, and not read-only
   * @return whether all are ASCII
   * @throws IndexOutOfBoundsException unless {@code 0 <= from <= to <= capacity}
   */
  boolean upper(ByteBuffer bytes, int from, int to);
}
