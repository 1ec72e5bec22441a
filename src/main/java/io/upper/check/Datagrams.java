package io.upper.check;

import java.time.Duration;

/** What cases of UDP do with their attempt's clients. Used by the grader's thread only. */
public final class Datagrams {
  private final Attempt attempt;
  private final Clients clients;

  Datagrams(Attempt attempt, Clients clients) {
    this.attempt = attempt;
    this.clients = clients;
  }

  /** A client that hears the server only. */
  public DatagramPeer client() {
    return clients.openDatagrams(true);
  }

  /** A client that hears everybody. */
  public DatagramPeer openClient() {
    return clients.openDatagrams(false);
  }

  /** Sends a text and expects its uppercase. */
  public void say(DatagramPeer peer, String text) {
    peer.ask(Attempt.utf8(text), Attempt.utf8(attempt.traits().mapping().upper(text)));
  }

  /** Sends a text and waits for its uppercase. */
  public void ask(DatagramPeer peer, String text) throws CheckFailure {
    say(peer, text);
    replies(peer);
  }

  /** Waits until every reply has come, and nothing else. */
  public void replies(DatagramPeer peer) throws CheckFailure {
    boolean done =
        attempt.await(() -> peer.missing() == 0 || peer.hasUnexpected() || peer.failure() != null);
    if (peer.hasUnexpected()) {
      throw new CheckFailure(
          peer.missing() == 0 ? Symptom.EXTRA_BYTES : Symptom.WRONG_BYTES,
          peer,
          peer.missing() == 0
              ? "A datagram came that nobody asked for."
              : "Byte " + (peer.firstDifference() + 1) + " of a reply is not the expected one.");
    }
    if (!done) {
      throw new CheckFailure(
          Symptom.NO_REPLY,
          peer,
          (peer.missing() == 1 ? "A reply" : peer.missing() + " replies")
              + " did not come: nothing for "
              + attempt.waited()
              + ".");
    }
    if (peer.missing() > 0) {
      throw new CheckFailure(Symptom.NO_CONNECTION, peer, "Nothing listens at the port.");
    }
  }

  /** Waits for a reply, right or wrong. */
  public void anyReply(DatagramPeer peer) throws CheckFailure {
    attempt.await(() -> peer.missing() == 0 || peer.hasUnexpected() || peer.failure() != null);
    if (!peer.hasUnexpected()) {
      replies(peer);
    }
  }

  /** Fails if anything comes in this time. */
  public void nothingFor(DatagramPeer peer, Duration time) throws CheckFailure {
    if (attempt.await(peer::hasUnexpected, time)) {
      throw new CheckFailure(Symptom.EXTRA_BYTES, peer, "A datagram came that nobody asked for.");
    }
  }
}
