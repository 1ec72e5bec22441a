package io.upper.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Makes the kernel drop new SYNs for a listening socket, so that it can be closed once its backlog
 * is accepted: on close the kernel resets the connections in the backlog, though their clients have
 * connected and perhaps sent. A client whose SYN is dropped tries again, first after a second (RFC
 * 6298, section 2); by then another server listens, or the connection is refused.
 *
 * <p>It is a socket filter in classic BPF (socket(7), SO_ATTACH_FILTER), so for Linux only.
 * Accepted connections inherit it, without effect: their SYN has passed.
 */
final class SynFilter {
  // Linux, asm-generic/socket.h.
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  // struct sock_fprog: the number of instructions, padding to 8 bytes, their address.
  private static final int PROGRAM_BYTES = 16;

  // linux/bpf_common.h.
  private static final short LOAD_BYTE_AT = 0x30;
  private static final short JUMP_IF_ANY_BIT = 0x45;
  private static final short RETURN = 0x06;

  // Offset of the flags in the TCP header, where the filter starts (RFC 9293, section 3.1).
  private static final int FLAGS = 13;
  private static final int SYN = 0x02;

  private static final int INSTRUCTION_BYTES = 8;
  private static final int INSTRUCTIONS = 4;
  private static final int DROP = 0;
  private static final int KEEP = -1;

  private SynFilter() {}

  /**
   * Drops new SYNs for the rest of the socket's life.
   *
   * @return whether the filter is in place
   */
  static boolean on(Channel listening) {
    if (!(listening instanceof EpollServerSocketChannel)) {
      return false;
    }
    ByteBuffer instructions = direct(INSTRUCTIONS * INSTRUCTION_BYTES);
    instruction(instructions, LOAD_BYTE_AT, 0, 0, FLAGS);
    instruction(instructions, JUMP_IF_ANY_BIT, 0, 1, SYN);
    instruction(instructions, RETURN, 0, 0, DROP);
    instruction(instructions, RETURN, 0, 0, KEEP);
    ByteBuffer program =
        direct(PROGRAM_BYTES)
            .putShort(0, (short) INSTRUCTIONS)
            .putLong(8, Buffer.memoryAddress(instructions));
    try {
      return listening
          .config()
          .setOption(
              new RawUnixChannelOption(
                  "SO_ATTACH_FILTER", SOL_SOCKET, SO_ATTACH_FILTER, PROGRAM_BYTES),
              program);
    } catch (ChannelException e) {
      return false; // The system does not allow it.
    } finally {
      // Referenced by address only; the kernel has copied them by now.
      Reference.reachabilityFence(instructions);
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** A struct sock_filter; the jumps are numbers of instructions to skip. */
  private static void instruction(
      ByteBuffer to, short code, int jumpIfTrue, int jumpIfFalse, int operand) {
    to.putShort(code).put((byte) jumpIfTrue).put((byte) jumpIfFalse).putInt(operand);
  }
}
