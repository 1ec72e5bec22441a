package io.upper.server;

import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.internal.CloseableResource;
import io.vertx.core.net.NetServer;
import java.lang.reflect.Field;

/**
 * The listening channel of a Vert.x server. Vert.x does not expose it, and has no hook between
 * accept and the end of the handshake.
 */
final class ListeningChannel {
  private static final String SERVER = "io.vertx.core.net.impl.tcp.NetServerImpl";

  static final Hook<ListeningChannel> HOOK =
      Hook.find(
          "this version of Vert.x hides the listening channel: maxConnections does not count"
              + " connections in their handshake, accepting does not pause while file descriptors"
              + " are few, a PROXY header has no deadline, and a stop resets connections that wait"
              + " to be accepted",
          ListeningChannel::new);

  private final Field resource = field(SERVER, "resource");
  private final Field bindFuture = field(SERVER + "$TcpServer", "bindFuture");

  private ListeningChannel() throws ReflectiveOperationException {}

  private static Field field(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName(type).getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** The channel of a listening server; null if this version of Vert.x hides it. */
  static Channel of(NetServer server) {
    ListeningChannel fields = HOOK.get();
    return fields == null ? null : fields.channel(server);
  }

  private Channel channel(NetServer server) {
    try {
      Object shared = ((CloseableResource<?>) resource.get(server)).get();
      return (Channel) ((Future<?>) bindFuture.get(shared)).result();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e); // The fields are accessible.
    }
  }
}
