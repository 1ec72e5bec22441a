package io.upper.check;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Finds out what a UDP server is, by asking it. */
final class DatagramDiscovery {
  // A shorter job does not show in the times of replies.
  private static final Duration NOTICEABLE = Duration.ofMillis(50);
  private static final int TOGETHER = 4;
  private static final int MORE_TIMES = 5;
  private static final Duration WORTH_ANOTHER = Duration.ofMillis(500);

  private final CheckedServer server;
  private final long seed;
  private final Duration patience;
  private Traits traits =
      Traits.UNKNOWN.withFraming(Framing.DATAGRAM).withClients(Traits.ANY, false);

  DatagramDiscovery(CheckedServer server, long seed, Duration patience) {
    this.server = server;
    this.seed = seed;
    this.patience = patience;
  }

  /**
   * Asks the server; blocks.
   *
   * @throws CheckFailure if it does not reply at all
   */
  Traits find() throws CheckFailure {
    Duration best = time(Discovery.FIRST_REPLY);
    for (int i = 0; i < MORE_TIMES && best.compareTo(WORTH_ANOTHER) < 0; i++) {
      Duration again = time(patience.plus(best));
      best = again.compareTo(best) < 0 ? again : best;
    }
    traits = traits.withJob(best);
    mapping();
    if (traits.job().compareTo(NOTICEABLE) >= 0) {
      together();
    }
    return traits;
  }

  private Attempt attempt(Duration limit) {
    return new Attempt(server, traits, Cost.clients(1), seed, limit);
  }

  /** From a request to its reply. */
  private Duration time(Duration limit) throws CheckFailure {
    try (Attempt attempt = attempt(limit)) {
      DatagramPeer peer = attempt.datagrams().client();
      long asked = System.nanoTime();
      attempt.datagrams().say(peer, attempt.word());
      attempt.await(() -> peer.missing() == 0 || peer.hasUnexpected() || peer.failure() != null);
      if (peer.missing() > 0 && !peer.hasUnexpected()) {
        attempt.datagrams().replies(peer); // Says what is missing.
      }
      return Duration.ofNanos(System.nanoTime() - asked);
    }
  }

  private void mapping() {
    try (Attempt attempt = attempt(patience)) {
      DatagramPeer peer = attempt.datagrams().client();
      peer.send(Attempt.utf8("éß"));
      attempt.await(peer::hasUnexpected);
      String reply = new String(peer.received(), StandardCharsets.UTF_8);
      boolean full = reply.contains("SS");
      boolean unicode = full || reply.contains("É");
      traits = traits.withMapping(full ? Mapping.FULL : unicode ? Mapping.SIMPLE : Mapping.ASCII);
    }
  }

  /** Whether several requests take the time of one. */
  private void together() {
    try (Attempt attempt = attempt(patience)) {
      List<DatagramPeer> peers = new ArrayList<>();
      long asked = System.nanoTime();
      for (int i = 0; i < TOGETHER; i++) {
        DatagramPeer peer = attempt.datagrams().client();
        attempt.datagrams().say(peer, attempt.word());
        peers.add(peer);
      }
      attempt.await(() -> peers.stream().allMatch(peer -> peer.missing() == 0));
      long took = System.nanoTime() - asked;
      traits = traits.withClients(Traits.ANY, took > traits.job().toNanos() * (TOGETHER - 1));
    }
  }
}
