package io.upper.stress;

import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;

/** The output of one connection: writes requests as their shape demands, and half-closes. */
final class RequestWriter {
  private final LoadClient client;
  private final NetSocket socket;
  private Future<Void> lastWrite = Future.succeededFuture();

  RequestWriter(LoadClient client, NetSocket socket) {
    this.client = client;
    this.socket = socket;
  }

  /** Writes a request; a failed write closes the connection, which fails the request. */
  void write(Buffer request) {
    if (client.settings.shape() == Shape.BYTE_BY_BYTE) {
      writeFrom(request, 0);
    } else {
      lastWrite = socket.write(request);
    }
  }

  private void writeFrom(Buffer request, int index) {
    if (index < request.length()) {
      socket
          .write(request.slice(index, index + 1))
          .onSuccess(
              v -> client.after(Shape.SLOW_WRITE_NANOS, () -> writeFrom(request, index + 1)));
    }
  }

  /** Half-closes (FIN, or close_notify) after the last write, whose bytes would be lost before. */
  void end() {
    lastWrite.onSuccess(
        v -> {
          var channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
          SslHandler tls = channel.pipeline().get(SslHandler.class);
          if (tls != null) {
            tls.closeOutbound();
          } else if (channel.isActive()) {
            ((DuplexChannel) channel).shutdownOutput();
          }
        });
  }
}
