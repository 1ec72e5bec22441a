package io.upper.live;

import io.upper.MainVerticle;
import io.upper.admin.AdminRoutes;
import io.upper.config.Configuration;
import io.upper.net.Addresses;
import io.upper.prefork.Supervisor;
import io.upper.server.ServerEvents;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live page of a server process: shows what its servers do while they do it, and lets the user
 * change and break them. It runs on the event loop of the admin port; docs/live.md describes it.
 */
public final class LivePage implements AdminRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(LivePage.class);
  // Other processes report 20 times a second.
  private static final long HOLD_NANOS = 250_000_000;
  private static final int TICK_MILLIS = 50;
  // While nobody looks. The queue of events has room for a sudden 20,000 requests a second.
  private static final int UNWATCHED_TICK_MILLIS = 250;
  private static final int SECOND_MILLIS = 1_000;
  private static final int PING_MILLIS = 5_000;

  private final ShownServers servers;
  private final LiveFeed feed;
  private final LiveState state;
  private final Figures figures;
  private final TcpServer tcp;
  private final DemonstrationClients clients;
  private final LiveBrowsers browsers;
  private final PastStates past = new PastStates();
  private Vertx vertx;
  private LiveRoutes routes;
  private final Queue<Runnable> afterTick = new ConcurrentLinkedQueue<>();
  private final Promise<Void> bound = Promise.promise();
  private volatile String link;
  private long millis;

  /**
   * @param servers whose servers are shown, not deployed yet, with its configuration
   */
  public LivePage(MainVerticle servers) {
    this(new LiveFeed(), feed -> new OwnServers(servers));
  }

  /**
   * @param supervisor whose server processes are shown, not started yet; each reports its events
   *     with a {@link LiveRelay}
   */
  public LivePage(Supervisor supervisor) {
    this(new LiveFeed(HOLD_NANOS), feed -> new RelayedProcesses(supervisor, feed));
  }

  private LivePage(LiveFeed feed, Function<LiveFeed, ShownServers> servers) {
    this.feed = feed;
    this.servers = servers.apply(feed);
    this.state = new LiveState(feed, this.servers::port);
    this.figures = new Figures(feed, this.servers);
    this.tcp = new TcpServer(this.servers);
    this.clients = new DemonstrationClients(feed.connections(), tcp::settings);
    this.browsers = new LiveBrowsers(feed, past, this::state);
  }

  /** Starts so many demonstration clients; any thread may call, once the servers listen. */
  public void startClients(int count) {
    clients.set(count);
    String missing = tcp.missing();
    if (missing != null) {
      say("no demonstration clients: " + missing);
    }
    vertx.runOnContext(v -> changed());
  }

  /** Adds a sentence to the feed: something was broken. Any thread may call. */
  void say(String text) {
    feed.say('!', text);
  }

  /** Runs an action once, after the next tick. Any thread may call. */
  void afterTick(Runnable action) {
    afterTick.add(action);
  }

  @Override
  public void start(Vertx vertx) {
    this.vertx = vertx;
    ServerEvents.install(vertx, feed);
    past.add(state());
    schedule();
  }

  @Override
  public void listening(InetSocketAddress address) {
    Safety safety = new Safety(address);
    Buttons buttons =
        new Buttons(vertx, servers, clients, tcp, this::changed, new Mischief(feed, servers, tcp));
    Saves saves = new Saves(feed, figures, past, this::state, this::configuration);
    routes = new LiveRoutes(vertx, safety, browsers, buttons, saves);
    link = "http://" + Addresses.text(address) + "/live?token=" + safety.token();
    LOG.info("live page: {}", link);
    bound.complete();
  }

  /** Completes when the admin port is bound. */
  public Future<Void> bound() {
    return bound.future();
  }

  /** The address of the page, with its token; null before the admin port is bound. */
  String link() {
    return link;
  }

  @Override
  public boolean handle(HttpServerRequest request) {
    // None while the second of several addresses is being bound.
    return routes != null && routes.handle(request);
  }

  @Override
  public void stopping() {
    clients.stop();
  }

  @Override
  public void stop() {
    browsers.end();
  }

  private void schedule() {
    boolean watched = !browsers.isEmpty() || clients.count() > 0;
    int delay = watched ? TICK_MILLIS : UNWATCHED_TICK_MILLIS;
    vertx.setTimer(
        delay,
        id -> {
          schedule(); // First: an exception must not be the end.
          tick(delay);
        });
  }

  private void tick(int elapsed) {
    Runnable after = afterTick.poll();
    feed.tick();
    if (feed.takeConfigured()) {
      clients.reconnect();
      changed();
    } else {
      browsers.push();
    }
    long before = millis;
    millis += elapsed;
    if (millis / SECOND_MILLIS > before / SECOND_MILLIS) {
      feed.tickSecond();
      browsers.send("sample", figures.sample());
    }
    if (millis / PING_MILLIS > before / PING_MILLIS) {
      browsers.send("ping", new JsonObject().put("now", Figures.millis(feed.now())));
    }
    if (after != null) {
      after.run();
    }
  }

  private JsonObject state() {
    return state.json(configuration(), clients.count());
  }

  private Configuration configuration() {
    return servers.configuration();
  }

  /** The configuration, or the number of clients, has changed. */
  private void changed() {
    past.add(state());
    browsers.changed();
  }
}
