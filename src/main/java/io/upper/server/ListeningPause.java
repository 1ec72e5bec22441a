package io.upper.server;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.ServerChannel;
import io.vertx.core.Context;
import io.vertx.core.Vertx;

/**
 * Lets the listening socket of a stream server accept nothing before its {@link AdmissionHandler}
 * is in its pipeline. Vert.x has no hook before the first accept, so on a busy machine clients that
 * wait for the server could take all file descriptors meanwhile. Netty loads this class where
 * {@link #EXTENSIONS} is set, as the program does; without it, those few milliseconds remain.
 */
public final class ListeningPause extends ChannelInitializerExtension {
  /** The system property that makes Netty call it, set before Netty's first channel. */
  public static final String EXTENSIONS = ChannelInitializerExtension.EXTENSIONS_SYSTEM_PROPERTY;

  /** The value of {@link #EXTENSIONS}. */
  public static final String LOADED = "serviceload";

  private static final String KEY = ListeningPause.class.getName();

  /** Pauses the sockets that are made on this context. */
  static void on(Context context) {
    context.put(KEY, true);
  }

  /** Called where the channel is made: on the context that listens. */
  @Override
  public void postInitializeServerListenerChannel(ServerChannel channel) {
    Context context = Vertx.currentContext();
    if (context != null && context.get(KEY) != null) {
      channel.config().setAutoRead(false);
    }
  }
}
