package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * The receive buffer of an instance's epoll sockets, which take turns: one slot per datagram of a
 * recvmmsg(2), each as long as the longest datagram, reused. Allocating that much for every batch
 * would cost more than the batch; shorter slots would truncate long datagrams.
 *
 * <p>Short datagrams touch only the start of each slot. These must not map to the same cache sets,
 * so the slot length is not a multiple of a page.
 */
final class DatagramSlots extends DefaultMaxMessagesRecvByteBufAllocator {
  /** Bytes of a slot: the longest datagram, rounded up to an odd number of cache lines. */
  static final int SLOT = 65_600;

  // Datagrams per recvmmsg; other values were not measured.
  private static final int SLOTS = 16;

  private ByteBuf slots;

  DatagramSlots() {
    // One batch per read loop: its replies free the slots before the next one.
    super(1);
  }

  @Override
  public ExtendedHandle newHandle() {
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

  /** Returns slots that no unsent reply refers to. */
  private ByteBuf free(ByteBufAllocator allocator) {
    if (slots != null && slots.refCnt() == 1) {
      return slots.clear();
    }
    release();
    slots = allocator.directBuffer(SLOTS * SLOT);
    return slots;
  }

  /** Frees the memory once the sockets are closed. */
  void release() {
    if (slots != null) {
      slots.release();
      slots = null;
    }
  }
}
