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
 * Closes a TLS connection that sends record after record without application data: key updates (RFC
 * 8446, section 4.6.3), each of which makes the server send one too, or empty records. The session
 * does not see them, so it cannot apply back pressure. BoringSSL limits them itself, the JDK's
 * engine does not. Runs on the connection's event loop.
 */
final class EmptyRecords extends ChannelInboundHandlerAdapter {
  // A record has at most 16,645 bytes (RFC 8446, section 5.2), so data comes at least that often.
  // The rest leaves room for a few dozen key updates along with the longest record.
  private static final int MAX_BYTES = 17 << 10;

  private int bytes;
  private boolean data;
  private boolean over;

  private EmptyRecords() {}

  /** Limits empty records on a connection after its handshake, unless its engine limits them. */
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
    } else if (bytes > MAX_BYTES) {
      over = true;
      context.fireExceptionCaught(
          new SSLException(bytes + " bytes of TLS records without application data"));
    }
  }

  /** Sees the decrypted data. */
  private final class Data extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      data = true;
      context.fireChannelRead(message);
    }
  }
}
