package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.RecvByteBufAllocator.ExtendedHandle;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** The size of the next buffer, by what the reads before it brought. */
class ReceiveBuffersTest {
  private static final int MESSAGE = 16_384;

  private final DefaultChannelConfig config = new DefaultChannelConfig(new EmbeddedChannel());
  private final ExtendedHandle handle = new ReceiveBuffers().newHandle();

  /** A wake-up that finds so many bytes; returns how many reads it took, as Netty reads. */
  private int wakeUp(int available) {
    handle.reset(config);
    int left = available;
    int reads = 0;
    boolean filled;
    do {
      int size = handle.guess();
      int read = Math.min(size, left);
      left -= read;
      handle.attemptedBytesRead(size);
      handle.lastBytesRead(read);
      handle.incMessagesRead(1);
      reads++;
      filled = read == size;
    } while (filled && handle.continueReading());
    handle.readComplete();
    return reads;
  }

  @Test
  void aMessageOf16KibTakesOneRead() {
    wakeUp(MESSAGE);
    for (int i = 0; i < 100; i++) {
      assertEquals(1, wakeUp(MESSAGE));
      assertTrue(handle.guess() < 2 * MESSAGE, "a buffer of " + handle.guess());
    }
  }

  @Test
  void theyGrowWhileReadsFillThemAndShrinkAfterwards() {
    int first = handle.guess();
    for (int i = 0; i < 10; i++) {
      wakeUp(1 << 20);
    }
    assertEquals(65_536, handle.guess());
    for (int i = 0; i < 20; i++) {
      wakeUp(100);
    }
    assertTrue(handle.guess() < first, "a buffer of " + handle.guess());
    assertTrue(handle.guess() >= 100);
  }

  @Test
  void oneShortMessageChangesNothing() {
    wakeUp(MESSAGE);
    int size = handle.guess();
    for (int i = 0; i < 10; i++) {
      wakeUp(1);
      wakeUp(MESSAGE);
      assertEquals(size, handle.guess());
    }
  }
}
