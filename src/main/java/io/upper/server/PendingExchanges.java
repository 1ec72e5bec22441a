package io.upper.server;

import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The datagrams of an instance whose answer comes later than the call, in the order of their
 * arrival. Gives up those that wait too long for a thread or a process. Lives on the instance's
 * event loop.
 */
final class PendingExchanges {
  // How often those that wait are looked at. Counted in looks, their age takes no clock.
  private static final int LOOK_MILLIS = 100;

  private final Vertx vertx;
  private final ServerGroup group;
  private final Set<DatagramExchange> pending = new LinkedHashSet<>();
  private boolean looking;
  private int looks;

  PendingExchanges(Vertx vertx, ServerGroup group) {
    this.vertx = vertx;
    this.group = group;
  }

  void add(DatagramExchange exchange) {
    exchange.arrivedAtLook(looks);
    pending.add(exchange);
    lookLater();
  }

  /** Returns whether it was pending. */
  boolean remove(DatagramExchange exchange) {
    return pending.remove(exchange);
  }

  boolean isEmpty() {
    return pending.isEmpty();
  }

  /** Whether a socket has received what is not answered yet. */
  boolean isAnswering(UdpChannel channel) {
    return pending.stream().anyMatch(exchange -> exchange.channel() == channel);
  }

  /** The server does not wait for any of them any longer. */
  void cutOff() {
    List.copyOf(pending).forEach(DatagramExchange::cutOff);
  }

  private void lookLater() {
    if (!looking) {
      looking = true;
      vertx.setTimer(LOOK_MILLIS, id -> look());
    }
  }

  /** Gives up those that have waited too long: who sent them has gone, or asked again. */
  private void look() {
    looking = false;
    looks++;
    int max = group.settings().maxWaitMillis();
    List<DatagramExchange> late = new ArrayList<>();
    for (DatagramExchange exchange : pending) {
      // It has come between two looks: the first tells nothing.
      if (max == 0 || (looks - exchange.arrivedAtLook() - 1L) * LOOK_MILLIS < max) {
        break;
      }
      if (exchange.isWaiting()) {
        late.add(exchange);
      }
    }
    late.forEach(DatagramExchange::giveUp);
    if (!pending.isEmpty()) {
      lookLater();
    }
  }
}
