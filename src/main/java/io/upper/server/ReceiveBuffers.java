package io.upper.server;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * The sizes of a connection's receive buffers: small ones for short messages, larger ones while
 * reads fill them.
 *
 * <p>They are those that Netty's allocator keeps ready, a little more than powers of two, so that a
 * message of 16 KiB does not fill its buffer: Netty would read again, in vain, and take 64 KiB from
 * then on, which it neither keeps ready in a heap of up to 512 MiB nor leaves unzeroed.
 */
final class ReceiveBuffers extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int[] SIZES = {512, 1_152, 2_304, 4_352, 8_704, 16_896, 65_536};
  private static final int FIRST = 2;
  private static final int READS = 16;

  ReceiveBuffers() {
    super(READS);
  }

  @Override
  public ExtendedHandle newHandle() {
    return new Sizes();
  }

  /** Of one connection; on its event loop. */
  private final class Sizes extends MaxMessageHandle {
    private byte index = FIRST;
    private boolean less;

    @Override
    public int guess() {
      return SIZES[index];
    }

    @Override
    public void lastBytesRead(int bytes) {
      if (bytes == attemptedBytesRead() && bytes >= SIZES[index] && index < SIZES.length - 1) {
        index++;
        less = false;
      }
      super.lastBytesRead(bytes);
    }

    /** The second time that a smaller one would have done. */
    @Override
    public void readComplete() {
      boolean again = less;
      less = index > 0 && totalBytesRead() <= SIZES[index - 1];
      if (less && again) {
        index--;
        less = false;
      }
    }
  }
}
