package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * The memory that the epoll sockets of an instance receive into, one after the other: slots for the
 * datagrams of one recvmmsg(2), each as long as a datagram can be, used again and again. To
 * allocate as much for every batch would cost more than the batch; short slots would cut long
 * datagrams.
 *
 * <p>Short datagrams touch the beginnings of the slots alone, so those must not fall on the same
 * places of the processor's cache: the distance between two is no multiple of a page.
 */
final class DatagramSlots extends DefaultMaxMessagesRecvByteBufAllocator {
  /**
   * Bytes of a slot: the longest datagram's, to whole lines of the cache, an odd number of them.
   */
  static final int SLOT = 65_600;

  // How many at once; other numbers were not measured.
  private static final int SLOTS = 16;

  private ByteBuf slots;

  DatagramSlots() {
    // A batch, then its replies are sent, then another: so the slots are free again.
    super(1);
  }

  @Override
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        return free(allocator).retain();
      }

      @Override
      public int guess() {
        return SLOTS * SLOT;
      }
    };
  }

  /** Returns slots that no reply is waiting in. */
  private ByteBuf free(ByteBufAllocator allocator) {
    if (slots != null && slots.refCnt() == 1) {
      return slots.clear();
    }
    release();
    slots = allocator.directBuffer(SLOTS * SLOT);
    return slots;
  }

  /** Frees the memory, when the sockets are closed. */
  void release() {
    if (slots != null) {
      slots.release();
      slots = null;
    }
  }
}
