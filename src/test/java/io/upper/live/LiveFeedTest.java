package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.job.Job;
import io.upper.model.Conversation;
import io.upper.model.RequestObserver;
import io.upper.service.ConfiguredService;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Order, bounds and sampling of the feed. */
class LiveFeedTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final LiveFeed feed = new LiveFeed();

  /** A request that was read then. */
  private record Request(String client, long arrived) implements Conversation {
    @Override
    public Context context() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Job job() {
      return Job.NONE;
    }

    @Override
    public ConfiguredService service() {
      throw new UnsupportedOperationException();
    }

    @Override
    public RequestObserver observer() {
      return null;
    }

    @Override
    public void reply(ByteBuffer bytes) {}

    @Override
    public Future<Void> sent() {
      return Future.succeededFuture();
    }

    @Override
    public void next() {}

    @Override
    public void finish() {}

    @Override
    public void fail(Throwable cause) {}
  }

  private String kinds() {
    feed.tick();
    return feed.history().all().stream()
        .map(event -> String.valueOf(event.kind()))
        .collect(Collectors.joining());
  }

  private void serve(String client, long arrived, long started, long ended) {
    Request request = new Request(client, arrived);
    ShownConnections shown = feed.connections();
    shown.arrived(request, 5);
    shown.started(request, "upper-worker-1", arrived, started);
    shown.served(client, "upper-worker-1", 5, arrived, started, ended);
  }

  /** Two threads append in any order. */
  @Test
  void aBatchIsInOrderOfTime() {
    feed.connections().opened("tcp 127.0.0.1:1", null);
    feed.connections().opened("tcp 127.0.0.1:2", null);
    long now = System.nanoTime();
    serve("tcp 127.0.0.1:1", now + 10 * MILLI, now + 30 * MILLI, now + 50 * MILLI);
    serve("tcp 127.0.0.1:2", now + 20 * MILLI, now + 40 * MILLI, now + 60 * MILLI);
    assertEquals("ooaalbbss", kinds());
    List<LiveEvent> events = feed.history().all();
    for (int i = 1; i < events.size(); i++) {
      assertTrue(events.get(i).at() >= events.get(i - 1).at());
    }
  }

  /** Those of other processes come later than ours, though they are older. */
  @Test
  void eventsThatAreHeldBackAreInOrderOverSeveralTicks() throws InterruptedException {
    LiveFeed held = new LiveFeed(50 * MILLI);
    held.say('!', "later");
    held.tick();
    assertEquals(List.of(), held.history().all());
    held.connections().openedElsewhere("tcp 127.0.0.1:1", held.began());
    while (held.history().next() < 2) {
      Thread.sleep(1); // There is no event to wait for but the time.
      held.tick();
    }
    assertEquals('o', held.history().get(0).kind());
    assertEquals("later", held.history().get(1).text());
  }

  @Test
  void anEventThatAnotherProcessPrintedIsTheSame() {
    Lane lane = new Lane(3, "upper-worker-1", Lane.Kind.THREAD);
    for (LiveEvent event :
        List.of(
            LiveEvent.opened(1_234_000, 7, "tcp", "[::1]:9", 0),
            LiveEvent.closed(61_000_001_000L, 7, "client closed"),
            LiveEvent.request('a', 5_000, 7, 8, 9),
            LiveEvent.request('b', 6_000, 7, 8, 3),
            LiveEvent.request('s', 7_000, 7, 8, 3),
            LiveEvent.lane(8_000, lane),
            LiveEvent.laneEnded(9_000, lane, "idle"),
            LiveEvent.sentence('c', 10_000, "tcp/model: a -> b"))) {
      StringBuilder json = new StringBuilder();
      event.appendTo(json);
      assertEquals(event, LiveEvent.of(new JsonArray(json.toString())));
    }
  }

  @Test
  void anEventIsAnArrayOfJson() {
    StringBuilder json = new StringBuilder();
    LiveEvent.opened(1_234_567, 7, "tcp", "[::1]:9", 3).appendTo(json);
    assertEquals(
        new JsonArray().add("o").add(1.234).add(7).add("tcp").add("[::1]:9").add(3),
        new JsonArray(json.toString()));
    json.setLength(0);
    LiveEvent.sentence('!', 61_000_000_005L, "a \"quote\"\n").appendTo(json);
    assertEquals("[\"!\",61000.000,\"a \\\"quote\\\"\\n\"]", json.toString());
  }

  /** Nobody takes them meanwhile: some are lost, and it is said how many. */
  @Test
  void theQueueIsBounded() {
    for (int i = 0; i < 20_000; i++) {
      feed.say('!', "broken");
    }
    feed.tick();
    List<LiveEvent> events = feed.history().all();
    LiveEvent last = events.get(events.size() - 1);
    int lost = 20_000 - (events.size() - 1);
    assertTrue(lost > 0);
    assertEquals(lost + " events are not shown: there were too many", last.text());
  }

  @Test
  void theHistoryIsBoundedInNumberAndTime() {
    History history = new History();
    for (int i = 0; i < History.CAPACITY + 10; i++) {
      history.add(LiveEvent.sentence('!', i, "broken"));
    }
    assertEquals(History.CAPACITY, history.all().size());
    assertEquals(10, history.oldest());
    assertEquals(10, history.get(history.oldest()).at());
    history.forget(History.KEPT_NANOS + 100);
    assertEquals(100, history.all().get(0).at());
    history.forget(3 * History.KEPT_NANOS);
    assertEquals(List.of(), history.all());
    assertEquals(history.next(), history.oldest());
  }

  /** At most 5,000 connections are followed, however many there are. */
  @Test
  void connectionsAreBounded() {
    for (int i = 0; i < ShownConnections.MAX + 100; i++) {
      feed.connections().opened("tcp 127.0.0.1:" + i, null);
    }
    assertEquals(ShownConnections.MAX, feed.connections().all().size());
    for (int i = 0; i < ShownConnections.MAX + 100; i++) {
      feed.connections().closed("tcp 127.0.0.1:" + i, "client closed");
    }
    assertEquals(0, feed.connections().all().size());
  }

  @Test
  void aSampleIsTakenAboveTheRateAndAllAreShownBelow() {
    Sampling sampling = new Sampling(0);
    int shown = 0;
    long now = 0;
    for (int tick = 1; tick <= 20; tick++) { // A second with 20,000.
      for (int i = 0; i < 1_000; i++) {
        shown += sampling.shows() ? 1 : 0;
      }
      now = tick * 50 * MILLI;
      sampling.tick(now);
    }
    assertTrue(shown < 2_500, shown + " are shown"); // The first tick's, then one of 80.
    assertTrue(sampling.ratio() >= 8, "1 of " + sampling.ratio());
    for (int tick = 1; tick <= 20; tick++) {
      for (int i = 0; i < 1_000; i++) {
        sampling.shows();
      }
      sampling.tick(now + tick * 50 * MILLI);
    }
    assertEquals(20_000 / Sampling.PER_SECOND, sampling.ratio());
    now += 3 * SECOND;
    sampling.tick(now);
    assertTrue(sampling.shows() && sampling.shows() && sampling.shows());
    sampling.tick(now + SECOND);
    assertEquals(1, sampling.ratio());
  }

  /** Whole requests are shown, or not at all. */
  @Test
  void aRequestThatIsNotShownHasNoEvent() {
    String client = "tcp 127.0.0.1:1";
    feed.connections().opened(client, null);
    long now = System.nanoTime();
    for (int i = 0; i < 4_000; i++) {
      serve(client, now + i, now + i, now + i);
    }
    feed.tick(); // From now on a sample is taken, the smaller, the faster this machine was.
    int all = 4_000 + 4 * feed.connections().ratio();
    long before = feed.history().next();
    for (int i = 4_000; i < all; i++) {
      serve(client, now + i, now + i, now + i);
    }
    feed.tick();
    int[] count = new int[128];
    for (long i = before; i < feed.history().next(); i++) {
      count[feed.history().get(i).kind()]++;
    }
    assertEquals(4.0, count['a'], 1);
    assertEquals(count['a'], count['b']);
    assertEquals(count['a'], count['s']);
    assertEquals(all, feed.connections().servedRequests());
    assertTrue(feed.connections().ratio() > 1);
  }

  /** What the kernel holds is in no event of the server: the client says that it has sent it. */
  @Test
  void aDemonstrationClientsRequestIsOneRequest() {
    String client = "tcp 127.0.0.1:1";
    ShownConnections shown = feed.connections();
    shown.connecting(client, 4);
    ShownRequest request = shown.sending(client);
    shown.opened(client, null);
    long now = System.nanoTime();
    serve(client, now, now, now);
    shown.answered(client, request);
    shown.closed(client, "client closed");
    assertEquals("oqalbsrx", kinds());
    feed.history().all().stream()
        .filter(event -> "qabsr".indexOf(event.kind()) >= 0)
        .forEach(event -> assertEquals(request.id, event.request()));
    assertEquals(4, feed.history().all().get(0).number());
  }

  @Test
  void aConnectionThatNoServerSawIsClosedByItsClient() {
    feed.connections().connecting("tcp 127.0.0.1:1", 1);
    feed.connections().disconnected("tcp 127.0.0.1:1", "not served");
    assertEquals("ox", kinds());
  }

  @Test
  void theSenderOfADatagramIsAConnectionUntilItIsQuiet() {
    long longAgo = System.nanoTime() - 2 * SECOND;
    serve("udp 127.0.0.1:1", longAgo, longAgo, longAgo);
    feed.connections().endQuietSenders();
    feed.tick();
    List<LiveEvent> events = feed.history().all();
    assertEquals(1, events.stream().filter(event -> event.kind() == 'o').count());
    assertEquals("idle", events.get(events.size() - 1).text());
    assertEquals(0, feed.connections().all().size());
  }

  /** A thread ends without a word; an event loop that returns keeps its number. */
  @Test
  void idleLanesEnd() {
    Lanes lanes = feed.lanes();
    int thread = lanes.use("upper-worker-1", 0);
    int loop = lanes.use("vert.x-eventloop-thread-1", 0);
    int busy = lanes.use("upper-worker-2", 0);
    lanes.use("process 12", 0);
    lanes.endIdle(Set.of(busy), Lanes.IDLE_LOOP_NANOS + 1);
    assertEquals("llllzz", kinds());
    assertEquals(loop, lanes.use("vert.x-eventloop-thread-1", Lanes.IDLE_LOOP_NANOS + 2));
    assertTrue(lanes.use("upper-worker-1", Lanes.IDLE_LOOP_NANOS + 2) > thread);
    lanes.ended("process 12", "ended with status 0", Lanes.IDLE_LOOP_NANOS + 3);
    assertEquals("llllzzllz", kinds());
  }

  @Test
  void thePercentileIsOneThatWasMeasured() {
    Latencies latencies = new Latencies();
    assertEquals(-1, latencies.takePercentile99());
    for (int i = 1; i <= 200; i++) {
      latencies.add(i);
    }
    assertEquals(198, latencies.takePercentile99());
    for (int i = 0; i < 10_000; i++) {
      latencies.add(1);
    }
    assertEquals(1, latencies.takePercentile99());
  }
}
