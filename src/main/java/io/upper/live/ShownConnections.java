package io.upper.live;

import io.netty.channel.EventLoop;
import io.upper.model.Conversation;
import io.upper.model.RequestObserver;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Decides which connections and requests are shown, and makes their events. Above a rate it takes a
 * sample of whole connections and whole requests; those of demonstration clients are always shown,
 * if their number allows. Thread-safe.
 */
final class ShownConnections implements RequestObserver {
  static final int MAX = 5_000;

  // A sender of datagrams counts as gone after a quiet second.
  private static final long QUIET_NANOS = 1_000_000_000L;
  // A datagram that is given up has no last event: no job takes so long.
  private static final long LOST_NANOS = 660_000_000_000L;
  private static final String DATAGRAMS = "udp ";

  private final Consumer<LiveEvent> events;
  private final Lanes lanes;
  private final long began;
  private final Map<String, ShownConnection> open = new ConcurrentHashMap<>();
  private final AtomicInteger lastConnection = new AtomicInteger();
  private final AtomicInteger lastRequest = new AtomicInteger();
  // Added to by many threads, read once a second.
  private final LongAdder served = new LongAdder();
  // Of demonstration clients.
  private final AtomicInteger demonstrations = new AtomicInteger();
  // Requests that are shown, read and not served; perhaps too many, never too few.
  private final AtomicInteger unserved = new AtomicInteger();
  private final Sampling connections;
  private final Sampling requests;
  private volatile int relayedRatio = 1;
  private final Latencies latencies = new Latencies();

  /**
   * @param events receives each event; on any thread
   * @param began when the feed began ({@link System#nanoTime})
   */
  ShownConnections(Consumer<LiveEvent> events, Lanes lanes, long began) {
    this.events = events;
    this.lanes = lanes;
    this.began = began;
    this.connections = new Sampling(began);
    this.requests = new Sampling(began);
  }

  private ShownConnection open(String client, int demonstration, long now) {
    return open.computeIfAbsent(
        client,
        name -> {
          ShownConnection connection =
              new ShownConnection(lastConnection.incrementAndGet(), name, demonstration, now);
          demonstrations.addAndGet(demonstration > 0 ? 1 : 0);
          events.accept(
              LiveEvent.opened(
                  now - began, connection.id, connection.protocol, connection.peer, demonstration));
          return connection;
        });
  }

  /** Clients of a Unix socket all have the same name: they are not shown. */
  private static boolean isNamed(String client) {
    return !client.startsWith("unix:", client.indexOf(' ') + 1);
  }

  private boolean hasRoom() {
    return open.size() < MAX;
  }

  void opened(String client, EventLoop loop) {
    ShownConnection connection = open.get(client);
    if (connection == null && isNamed(client) && connections.shows() && hasRoom()) {
      connection = open(client, 0, System.nanoTime());
    }
    if (connection != null) {
      connection.loop = loop;
      connection.accepted = true;
    }
  }

  /** Another process serves a connection, and has decided that it is shown. */
  void openedElsewhere(String client, long now) {
    ShownConnection connection = open.get(client);
    if (connection == null && hasRoom()) {
      connection = open(client, 0, now);
    }
    if (connection != null) {
      connection.accepted = true;
    }
  }

  void closed(String client, String why) {
    closed(client, why, System.nanoTime());
  }

  /** A connection was closed then, in whatever process. */
  void closed(String client, String why, long now) {
    ShownConnection connection = open.remove(client);
    if (connection != null) {
      demonstrations.addAndGet(connection.demonstration > 0 ? -1 : 0);
      unserved.addAndGet(-connection.forgetPending());
      events.accept(LiveEvent.closed(now - began, connection.id, why));
    }
  }

  /** A demonstration client is about to connect. */
  void connecting(String client, int demonstration) {
    open(client, demonstration, System.nanoTime());
  }

  /** A demonstration client has no connection any more: if no server has seen it, it is closed. */
  void disconnected(String client, String why) {
    ShownConnection connection = open.get(client);
    if (connection != null && !connection.accepted) {
      closed(client, why);
    }
  }

  /** A demonstration client is about to send a request; returns null if it is not shown. */
  ShownRequest sending(String client) {
    ShownConnection connection = open.get(client);
    if (connection == null || !requests.shows()) {
      return null;
    }
    long now = System.nanoTime();
    ShownRequest request = new ShownRequest(lastRequest.incrementAndGet(), now);
    connection.send(request);
    events.accept(LiveEvent.request('q', now - began, connection.id, request.id, 0));
    return request;
  }

  /** A demonstration client has its reply. */
  void answered(String client, ShownRequest request) {
    ShownConnection connection = open.get(client);
    if (connection != null && request != null) {
      long now = System.nanoTime();
      latencies.add(now - request.sent);
      events.accept(LiveEvent.request('r', now - began, connection.id, request.id, 0));
    }
  }

  @Override
  public void arrived(Conversation conversation, int bytes) {
    if (demonstrations.get() > 0) {
      ShownConnection connection = open.get(conversation.client());
      if (connection != null && connection.demonstration > 0) {
        arrive(connection, connection.nextSent(), conversation.arrived(), bytes);
        return;
      }
    }
    // First, since most need no more than this.
    if (!requests.shows()) {
      return;
    }
    String client = conversation.client();
    ShownConnection connection = open.get(client);
    if (connection == null && client.startsWith(DATAGRAMS) && connections.shows() && hasRoom()) {
      connection = open(client, 0, conversation.arrived());
    }
    if (connection == null) {
      requests.skip();
    } else {
      arrive(connection, newRequest(), conversation.arrived(), bytes);
    }
  }

  private ShownRequest newRequest() {
    return new ShownRequest(lastRequest.incrementAndGet(), 0);
  }

  /**
   * @param request null if it is not shown
   */
  private void arrive(ShownConnection connection, ShownRequest request, long arrived, int bytes) {
    if (request == null) {
      return;
    }
    request.arrived = arrived;
    connection.used = arrived;
    unserved.incrementAndGet();
    if (!connection.arrive(request)) {
      unserved.decrementAndGet();
    } else {
      events.accept(LiveEvent.request('a', arrived - began, connection.id, request.id, bytes));
    }
  }

  /** Another process has read a request, and decided that it is shown. */
  void arrivedElsewhere(String client, long arrived, int bytes) {
    ShownConnection connection = open.get(client);
    if (connection == null) {
      return;
    }
    arrive(
        connection,
        connection.demonstration > 0 ? connection.nextSent() : newRequest(),
        arrived,
        bytes);
  }

  @Override
  public void started(Conversation conversation, String worker, long arrived, long started) {
    if (unserved.get() > 0) {
      started(conversation.client(), worker, arrived, started);
    }
  }

  /** Work on a request began, in whatever process. */
  void started(String client, String worker, long arrived, long started) {
    ShownConnection connection = open.get(client);
    ShownRequest request = connection == null ? null : connection.pending(arrived);
    if (request != null) {
      request.lane = lanes.use(worker, started - began);
      events.accept(
          LiveEvent.request('b', started - began, connection.id, request.id, request.lane));
    }
  }

  @Override
  public void served(
      String client, String worker, int bytes, long arrived, long started, long ended) {
    served.increment();
    if (unserved.get() > 0) {
      served(client, worker, arrived, ended);
    }
  }

  /** Counts requests that were served, shown or not. */
  void countServed(long count) {
    served.add(count);
  }

  /** A request was served, in whatever process. */
  void served(String client, String worker, long arrived, long ended) {
    ShownConnection connection = open.get(client);
    ShownRequest request = connection == null ? null : connection.pending(arrived);
    if (request != null) {
      unserved.addAndGet(connection.served(request) ? -1 : 0);
      connection.used = ended;
      if (request.sent == 0) {
        latencies.add(ended - arrived);
      }
      int lane = lanes.use(worker, ended - began);
      events.accept(LiveEvent.request('s', ended - began, connection.id, request.id, lane));
    }
  }

  @Override
  public void workerEnded(String worker, String why) {
    lanes.ended(worker, why, System.nanoTime() - began);
  }

  /** Adapts the sampling; called every few milliseconds, on one thread. */
  void tick() {
    long now = System.nanoTime();
    connections.tick(now);
    requests.tick(now);
  }

  /** Ends the connections of silent senders of datagrams. */
  void endQuietSenders() {
    long now = System.nanoTime();
    open.forEach(
        (client, connection) -> {
          if (client.startsWith(DATAGRAMS)
              && now - connection.used > (connection.isQuiet() ? QUIET_NANOS : LOST_NANOS)) {
            closed(client, "idle");
          }
        });
  }

  /** The lanes on which a request is being served. */
  Set<Integer> busyLanes() {
    Set<Integer> busy = new HashSet<>();
    open.values().forEach(one -> one.unserved().forEach(request -> busy.add(request.lane)));
    return busy;
  }

  /** The connections that are shown. */
  Collection<ShownConnection> all() {
    return open.values();
  }

  /** Of how many requests one is shown; 1 for all. */
  int ratio() {
    return Math.max(requests.ratio(), relayedRatio);
  }

  /** Of how many requests other processes show one. */
  void relayedRatio(int ratio) {
    relayedRatio = ratio;
  }

  /** How many requests were served, shown or not. */
  long servedRequests() {
    return served.sum();
  }

  Latencies latencies() {
    return latencies;
  }
}
