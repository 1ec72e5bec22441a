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
 * Has the kernel ignore who wants to connect to a listening socket, so that it can be closed when
 * all others are accepted: the kernel resets what waits in the backlog of a socket that is closed,
 * though its client has connected, and perhaps sent. Who is ignored tries again, after a second at
 * first (RFC 6298, section 2): then there is another server, or the connection is refused.
 *
 * <p>It is done by a filter for what the socket receives, in the classic BPF of tcpdump (socket(7),
 * SO_ATTACH_FILTER), so on Linux alone. Connections accepted later inherit it, and it does nothing
 * to them: they have had their SYN.
 */
final class SynFilter {
  // Of Linux, asm-generic/socket.h.
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;

  // struct sock_fprog: a number of instructions, up to 8 bytes, and their address.
  private static final int PROGRAM_BYTES = 16;

  // Of linux/bpf_common.h.
  private static final short LOAD_BYTE_AT = 0x30;
  private static final short JUMP_IF_ANY_BIT = 0x45;
  private static final short RETURN = 0x06;

  // The flags in a TCP header, where the filter's view of a packet begins (RFC 9293, section 3.1).
  private static final int FLAGS = 13;
  private static final int SYN = 0x02;

  private static final int INSTRUCTION_BYTES = 8;
  private static final int INSTRUCTIONS = 4;
  private static final int DROP = 0;
  private static final int KEEP = -1;

  private SynFilter() {}

  /**
   * Lets no other connection begin, for as long as the socket lives.
   *
   * @return whether it could be done
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
      // Only an address leads to them; the kernel has its copy by now.
      Reference.reachabilityFence(instructions);
    }
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** Of struct sock_filter; the jumps tell how many instructions to pass over. */
  private static void instruction(
      ByteBuffer to, short code, int jumpIfTrue, int jumpIfFalse, int operand) {
    to.putShort(code).put((byte) jumpIfTrue).put((byte) jumpIfFalse).putInt(operand);
  }
}
