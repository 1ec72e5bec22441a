package io.upper.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import javax.net.ssl.SSLException;

/**
 * Ends a TLS connection that sends record after record without application data: updates of the key
 * (RFC 8446, section 4.6.3), each of which has the server compute and write one, too, or records
 * that are empty. The session sees nothing of them, and so cannot hold them back. BoringSSL ends
 * such a connection of itself, the JDK's engine takes them without end. Lives on the connection's
 * event loop.
 */
final class EmptyRecords extends ChannelInboundHandlerAdapter {
  // A record has 16,645 bytes at most (RFC 8446, section 5.2), so there is data at least as often.
  // What is more is a few dozen updates of the key, if they come with the longest record.
  private static final int MOST_BYTES = 17 << 10;

  private int bytes;
  private boolean data;
  private boolean over;

  private EmptyRecords() {}

  /** Bounds them on a connection whose handshake is done, unless its engine does. */
  static void limit(Channel channel) {
    ChannelHandlerContext tls = channel.pipeline().context(SslHandler.class);
    if (tls != null
        && !(((SslHandler) tls.handler()).engine() instanceof ReferenceCountedOpenSslEngine)) {
      EmptyRecords records = new EmptyRecords();
      channel.pipeline().addBefore(tls.name(), "tls-records", records);
      channel.pipeline().addAfter(tls.name(), "tls-data", records.new Data());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (over) {
      ReferenceCountUtil.release(message);
      return;
    }
    bytes += ((ByteBuf) message).readableBytes();
    data = false;
    context.fireChannelRead(message);
    if (data) {
      bytes = 0;
    } else if (bytes > MOST_BYTES) {
      over = true;
      context.fireExceptionCaught(
          new SSLException(bytes + " bytes of TLS records without application data"));
    }
  }

  /** Sees what is deciphered. */
  private final class Data extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      data = true;
      context.fireChannelRead(message);
    }
  }
}
