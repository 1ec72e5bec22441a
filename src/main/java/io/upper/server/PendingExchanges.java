package io.upper.server;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The datagrams of an instance that were not answered within the call, in order of arrival. Gives
 * up those that wait too long for a thread or a process. Runs on the instance's event loop.
 */
final class PendingExchanges {
  // Ages are counted in sweeps, which needs no clock.
  private static final int SWEEP_MILLIS = 100;

  private final Vertx vertx;
  private final ServerGroup group;
  private final Set<DatagramExchange> pending = new LinkedHashSet<>();
  private boolean scheduled;
  private int sweeps;

  PendingExchanges(Vertx vertx, ServerGroup group) {
    this.vertx = vertx;
    this.group = group;
  }

  void add(DatagramExchange exchange) {
    exchange.arrivedAtSweep(sweeps);
    pending.add(exchange);
    schedule();
  }

  /** Returns whether it was pending. */
  boolean remove(DatagramExchange exchange) {
    return pending.remove(exchange);
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Whether a socket has received a datagram that is not answered yet. */
  boolean isAnswering(UdpChannel channel) {
    return pending.stream().anyMatch(exchange -> exchange.channel() == channel);
  }

  /** Ends all at the end of the drain. */
  void cutOff() {
    List.copyOf(pending).forEach(DatagramExchange::cutOff);
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      vertx.setTimer(SWEEP_MILLIS, id -> sweep());
    }
  }

  /** Gives up those that have waited too long: the client is gone, or has sent it again. */
  private void sweep() {
    scheduled = false;
    if (!pending.isEmpty()) {
      schedule(); // First: an exception of one exchange must not end the timeouts of the others.
    }
    sweeps++;
    int max = group.settings().maxWaitMillis();
    List<DatagramExchange> late = new ArrayList<>();
    for (DatagramExchange exchange : pending) {
      // It arrived between two sweeps, so the first one does not count.
      if (max == 0 || (sweeps - exchange.arrivedAtSweep() - 1L) * SWEEP_MILLIS < max) {
        break;
      }
      if (exchange.isWaiting()) {
        late.add(exchange);
      }
    }
    late.forEach(DatagramExchange::giveUp);
  }
}
