package io.upper.live;

import io.netty.channel.EventLoop;
import io.upper.client.Target;
import io.upper.config.ServerSettings;
import io.upper.jvm.Daemon;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Breaks things on purpose, within bounds, and says so in the feed. Thread-safe. */
final class Mischief {
  static final int MAX_BLOCK_SECONDS = 10;
  static final int MAX_RESETS = 1_000;
  static final int MAX_UNREAD = 10;

  private static final Logger LOG = LoggerFactory.getLogger(Mischief.class);
  private static final int CONNECT_MILLIS = 5_000;
  private static final int UNREAD_SECONDS = 30;
  private static final int CHUNK = 16 * 1024;

  private final LiveFeed feed;
  private final ShownServers servers;
  private final TcpServer server;
  private final AtomicInteger unread = new AtomicInteger();

  Mischief(LiveFeed feed, ShownServers servers, TcpServer server) {
    this.feed = feed;
    this.servers = servers;
    this.server = server;
  }

  private String said(String text) {
    feed.say('!', text);
    return text;
  }

  /** Blocks the event loop of most connections; returns at once. */
  String block(int seconds) {
    EventLoop loop = busiestLoop();
    if (loop == null) {
      throw Refusal.notNow(
          "the event loops are those of other processes: kill one of these instead");
    }
    // With the iterative model the only place that blocks an event loop: that is the lesson.
    loop.execute(
        () -> {
          String name = Thread.currentThread().getName();
          feed.say('!', name + " is blocked for " + seconds + " s");
          try {
            Thread.sleep(seconds * 1_000L);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          feed.say('!', name + " is free again");
        });
    return "an event loop is blocked for " + seconds + " s";
  }

  private EventLoop busiestLoop() {
    Map<EventLoop, Integer> connections = new HashMap<>();
    for (ShownConnection connection : feed.connections().all()) {
      if (connection.loop != null) {
        connections.merge(connection.loop, 1, Integer::sum);
      }
    }
    return connections.isEmpty()
        ? feed.lags().any()
        : Collections.max(connections.entrySet(), Map.Entry.comparingByValue()).getKey();
  }

  /** Starts a client that sends for a while and never reads; blocks until it is connected. */
  String sendWithoutReading() throws IOException {
    if (unread.incrementAndGet() > MAX_UNREAD) {
      unread.decrementAndGet();
      throw Refusal.notNow("there are " + MAX_UNREAD + " clients that do not read: wait for them");
    }
    Socket socket;
    try {
      socket = connect(address());
    } catch (IOException | RuntimeException e) {
      unread.decrementAndGet();
      throw e;
    }
    Daemon.start("upper-unread-writer", () -> write(socket));
    Daemon.start(
        "upper-unread-end",
        () -> {
          try {
            Thread.sleep(UNREAD_SECONDS * 1_000L);
          } finally {
            close(socket); // Which also ends a write that blocks.
            unread.decrementAndGet();
          }
        });
    return said("a client sends for " + UNREAD_SECONDS + " s and reads nothing");
  }

  private static void write(Socket socket) {
    byte[] chunk = new byte[CHUNK];
    Arrays.fill(chunk, (byte) 'x');
    try {
      while (true) {
        socket.getOutputStream().write(chunk);
      }
    } catch (IOException e) {
      LOG.debug("the client that does not read ends: {}", e.getMessage());
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.debug("cannot close a client: {}", e.getMessage());
    }
  }

  /** Opens connections and resets each; blocks. */
  String reset(int connections) throws IOException {
    InetSocketAddress address = address();
    said(connections + " clients connect and reset their connection");
    for (int i = 0; i < connections; i++) {
      try (Socket socket = connect(address)) {
        socket.setSoLinger(true, 0); // A reset instead of a FIN.
      }
    }
    return connections + " connections were reset";
  }

  /** The address of the TCP server; blocks. */
  private InetSocketAddress address() throws IOException {
    String missing = server.missing();
    ServerSettings settings = server.settings();
    if (settings == null) {
      throw Refusal.notNow(missing);
    }
    return Target.resolve(settings.host(), settings.port()).addresses().get(0);
  }

  private Socket connect(InetSocketAddress address) {
    Socket socket = new Socket();
    try {
      socket.connect(address, CONNECT_MILLIS);
    } catch (IOException e) {
      close(socket);
      throw Refusal.notNow("cannot connect to the TCP server: " + e.getMessage());
    }
    return socket;
  }

  /** Kills the process of a lane; blocks. */
  String kill(int id) {
    Lane lane =
        feed.lanes().all().stream()
            .filter(one -> one.id() == id && isProcess(one))
            .findFirst()
            .orElseThrow(() -> Refusal.notNow("lane " + id + " is no process that runs"));
    // Only a child of this process: the number may be another one's by now.
    long pid = lane.kind() == Lane.Kind.SERVER ? servers.pid(lane) : lane.pid();
    ProcessHandle process =
        ProcessHandle.current()
            .children()
            .filter(child -> child.pid() == pid)
            .findFirst()
            .orElseThrow(() -> Refusal.notNow(lane.name() + " has ended already"));
    process.destroyForcibly();
    return said(lane.name().replaceFirst("/.*", "") + " is killed");
  }

  private static boolean isProcess(Lane lane) {
    return lane.kind() == Lane.Kind.PROCESS || lane.kind() == Lane.Kind.SERVER;
  }
}
