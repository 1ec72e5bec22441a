package io.upper.bench;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.bench.Bench.Contestant;
import io.upper.bench.load.Load;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/**
 * Clients become faster while they run, so who is warmed up by the coldest ones must not matter.
 */
class WarmUpTest {
  private final List<Peer> served = new ArrayList<>();
  private Duration total = Duration.ZERO;

  @Test
  void noPeerIsAheadByMoreThanOneTurn() throws Exception {
    List<Peer> peers = List.of(Peer.NETTY, Peer.UPPER, Peer.BEFORE);
    Bench.warmUp(peers.stream().map(this::contestant).toList(), Duration.ofSeconds(16));

    assertEquals(Duration.ofSeconds(3 * 16), total);
    for (int i = 1; i <= served.size(); i++) {
      Map<Peer, Long> turns =
          served.subList(0, i).stream().collect(groupingBy(peer -> peer, counting()));
      long most = turns.values().stream().max(Long::compare).orElseThrow();
      for (Peer peer : peers) {
        assertTrue(turns.getOrDefault(peer, 0L) >= most - 1, served::toString);
      }
    }
    for (Peer peer : peers) {
      long first = 0;
      for (int i = 0; i < served.size(); i += peers.size()) {
        first += served.get(i) == peer ? 1 : 0;
      }
      assertEquals(32 / 3.0, first, 1, peer + " is first as often as the others");
    }
  }

  @Test
  void aShortWarmUpIsOneTurn() throws Exception {
    Bench.warmUp(List.of(contestant(Peer.UPPER)), Duration.ofMillis(100));
    assertEquals(List.of(Peer.UPPER), served);
    assertEquals(Duration.ofMillis(100), total);
  }

  private Contestant contestant(Peer peer) {
    return new Contestant(peer, null, new Recorded(peer));
  }

  private final class Recorded implements Load {
    private final Peer peer;

    Recorded(Peer peer) {
      this.peer = peer;
    }

    @Override
    public Result run(Duration duration) {
      served.add(peer);
      total = total.plus(duration);
      return new Result(1, 1, duration, new Histogram(2));
    }

    @Override
    public void close() {}
  }
}
