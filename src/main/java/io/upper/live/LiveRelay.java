package io.upper.live;

import io.upper.jvm.Daemon;
import io.upper.server.ServerEvents;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;

/**
 * The feed of a server process, for the live page of its supervisor: prints its events, 20 times a
 * second, and its figures each second. {@link RelayedProcesses} reads them. Times are those of
 * {@link System#nanoTime}, which all processes of a machine share.
 */
public final class LiveRelay {
  private static final long TICK_MILLIS = 50;
  private static final int TICKS_PER_SECOND = 20;
  // Characters of a line, about.
  private static final int LINE = 32 * 1024;

  private final LiveFeed feed;
  private final Consumer<String> printer;
  // Sequence number of the next event to print.
  private long position;
  // Events were lost, perhaps the end of a connection.
  private boolean incomplete;
  private long ticks;

  /**
   * @param printer prints a line, and may block
   */
  public LiveRelay(Consumer<String> printer) {
    this(new LiveFeed(), printer);
  }

  LiveRelay(LiveFeed feed, Consumer<String> printer) {
    this.feed = feed;
    this.printer = printer;
  }

  /** Reports what the servers of a Vert.x instance do, from now on until the process ends. */
  public void start(Vertx vertx) {
    ServerEvents.install(vertx, feed);
    Daemon.start("upper-live-relay", this::run);
  }

  private void run() throws InterruptedException {
    while (true) {
      Thread.sleep(TICK_MILLIS);
      tick();
    }
  }

  /** Prints what is new; called {@value #TICKS_PER_SECOND} times a second, on one thread. */
  void tick() {
    feed.tick();
    incomplete |= feed.takeIncomplete();
    if (++ticks % TICKS_PER_SECOND == 0) {
      feed.tickSecond();
      printer.accept(figures());
    }
    printEvents();
  }

  private String figures() {
    Runtime runtime = Runtime.getRuntime();
    JsonObject figures = new JsonObject();
    if (incomplete) {
      incomplete = false;
      figures.put("open", feed.connections().all().stream().map(one -> one.id).toList());
    }
    return figures
        .put("lag", feed.lags().takeLargest())
        .put("served", feed.connections().servedRequests())
        .put("shown", feed.connections().ratio())
        .put("heap", runtime.totalMemory() - runtime.freeMemory())
        .encode();
  }

  private void printEvents() {
    History history = feed.history();
    if (position < history.oldest()) {
      incomplete = true; // While nobody read the lines, the oldest events have gone.
      position = history.oldest();
    }
    while (position < history.next()) {
      StringBuilder json = new StringBuilder("{\"began\":").append(feed.began()).append(",\"e\":[");
      do {
        history.get(position++).appendTo(json);
        json.append(',');
      } while (position < history.next() && json.length() < LINE);
      json.setLength(json.length() - 1);
      printer.accept(json.append("]}").toString());
    }
  }
}
