package io.upper.check;

import io.upper.report.Units;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds out what a server is, by asking it as a polite client does: every connection is ended
 * properly, and every reply is waited for.
 */
final class Discovery {
  /** Time for the very first reply. */
  static final Duration FIRST_REPLY = Duration.ofSeconds(10);

  // A shorter job does not show in the times of replies.
  private static final Duration NOTICEABLE = Duration.ofMillis(50);

  private static final int MORE_TIMES = 5;
  private static final Duration WORTH_ANOTHER = Duration.ofMillis(500);

  // A read of more bytes as one request is not looked for: cases would take no less time.
  private static final int[] READS = {64, 512, 4096};

  // Clients that join at a time.
  private static final int[] GROUPS = {1, 4, 6, 12, 16};

  private final CheckedServer server;
  private final long seed;
  private final Duration patience;
  private Traits traits = Traits.UNKNOWN;
  private boolean endsToo = true;

  Discovery(CheckedServer server, long seed, Duration patience) {
    this.server = server;
    this.seed = seed;
    this.patience = patience;
  }

  /** A question to the server. */
  private interface Question {
    void ask(Attempt attempt) throws CheckFailure;
  }

  /**
   * Asks the server; blocks.
   *
   * @throws CheckFailure if it does not reply at all
   */
  Traits find() throws CheckFailure {
    firstReply();
    tell(this::lines);
    tell(this::job);
    tell(this::mapping);
    tell(this::halfClose);
    if (traits.job().compareTo(NOTICEABLE) >= 0 && traits.framing() != Framing.END) {
      tell(this::readSize);
    }
    // The jobs of all of them may have to be waited for.
    tell(this::clients, Cost.clients(IntStream.of(GROUPS).sum() + 1));
    return traits;
  }

  /** Asks; without a usable answer the trait keeps its most careful value. */
  private void tell(Question question) {
    tell(question, Cost.clients(1));
  }

  private void tell(Question question, Cost cost) {
    try (Attempt attempt = new Attempt(server, traits, cost, seed, patience)) {
      question.ask(attempt);
    } catch (CheckFailure e) {
      // The cases will show it.
    }
  }

  /** To a line; then to the end of the input. */
  private void firstReply() throws CheckFailure {
    try (Attempt attempt = new Attempt(server, traits, Cost.clients(1), seed, FIRST_REPLY)) {
      Peer peer = attempt.connect();
      peer.send(attempt.word() + "\n");
      long asked = System.nanoTime();
      boolean over = attempt.await(() -> replied(peer), Traits.LONGEST_JOB.plusSeconds(1));
      if (!over) {
        peer.end();
        asked = System.nanoTime();
        traits = traits.withFraming(Framing.END);
        attempt.await(() -> replied(peer), FIRST_REPLY);
      }
      traits = traits.withJob(Duration.ofNanos(System.nanoTime() - asked));
      if (peer.receivedCount() == 0) {
        throw noReply(peer);
      }
      leave(attempt, List.of(peer));
    }
  }

  private static boolean replied(Peer peer) {
    return peer.receivedCount() > 0 || peer.over();
  }

  private static CheckFailure noReply(Peer peer) {
    return switch (peer.state()) {
      case SERVER_ENDED ->
          new CheckFailure(
              Symptom.EARLY_END, peer, "The server ended the connection without a reply.");
      case RESET ->
          new CheckFailure(Symptom.RESET, peer, "The server reset the connection, no reply came.");
      default ->
          new CheckFailure(
              Symptom.NO_REPLY,
              peer,
              "No reply came in " + Units.time(FIRST_REPLY) + ", to a line or to the end.");
    };
  }

  /** Politely; a server that does not end its side is waited for only once. */
  private void leave(Attempt attempt, List<Peer> peers) {
    peers.forEach(Peer::end);
    if (endsToo) {
      endsToo = attempt.await(() -> peers.stream().allMatch(Peer::over), longEnough());
    }
  }

  private Duration longEnough() {
    return patience.plus(traits.job().multipliedBy(4));
  }

  /** The first request of all may have loaded classes, or started a process: the best counts. */
  private void job(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    for (int i = 0; i < MORE_TIMES && traits.job().compareTo(WORTH_ANOTHER) < 0; i++) {
      long asked = System.nanoTime();
      attempt.ask(peer, attempt.word());
      traits = traits.withJob(shorter(traits.job(), Duration.ofNanos(System.nanoTime() - asked)));
      if (traits.framing() == Framing.END) {
        break;
      }
    }
    leave(attempt, List.of(peer));
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Whether it needs the end of a line. */
  private void lines(Attempt attempt) throws CheckFailure {
    if (traits.framing() == Framing.END) {
      return;
    }
    Peer peer = attempt.connect();
    peer.send(attempt.word());
    if (!attempt.await(() -> replied(peer), longEnough())) {
      peer.send("\n");
      if (attempt.await(() -> replied(peer), longEnough())) {
        boolean crlf = new String(peer.received(), StandardCharsets.UTF_8).endsWith("\r\n");
        traits = traits.withFraming(crlf ? Framing.CRLF_LINE : Framing.LINE);
      }
    }
    leave(attempt, List.of(peer));
  }

  private void mapping(Attempt attempt) throws CheckFailure {
    String text = attempt.message(attempt.word() + "éß");
    Peer peer = attempt.connect();
    peer.expect(Mapping.FULL.upper(text));
    peer.send(text);
    if (traits.framing() == Framing.END) {
      peer.end();
    }
    // All mappings give as many bytes.
    attempt.await(() -> peer.receivedCount() >= peer.expectedCount() || peer.over(), longEnough());
    String reply = new String(peer.received(), StandardCharsets.UTF_8);
    boolean full = reply.contains("SS");
    boolean unicode = full || reply.contains("É");
    traits = traits.withMapping(full ? Mapping.FULL : unicode ? Mapping.SIMPLE : Mapping.ASCII);
    leave(attempt, List.of(peer));
  }

  private void halfClose(Attempt attempt) throws CheckFailure {
    traits = traits.withHalfClose(false);
    Peer peer = attempt.connect();
    attempt.say(peer, attempt.word());
    peer.end();
    attempt.await(() -> peer.answered(), longEnough());
    traits = traits.withHalfClose(peer.receivedCount() > 0);
    leave(attempt, List.of(peer));
  }

  /** How many bytes arrive before it pauses for the next job. */
  private void readSize(Attempt attempt) throws CheckFailure {
    traits = traits.withReadSize(READS[READS.length - 1]);
    for (int size : READS) {
      Peer peer = attempt.connect();
      attempt.say(peer, attempt.letters(size));
      attempt.await(() -> replied(peer), longEnough());
      attempt.pause(traits.job().dividedBy(2));
      int burst = peer.receivedCount();
      attempt.await(peer::answered, longEnough());
      leave(attempt, List.of(peer));
      if (burst > 0 && burst < size) {
        traits = traits.withReadSize(burst);
        return;
      }
    }
  }

  private void clients(Attempt attempt) throws CheckFailure {
    List<Peer> peers = new ArrayList<>();
    if (traits.framing() == Framing.END) {
      besideIdle(attempt, peers);
    } else {
      together(attempt, peers);
    }
    leave(attempt, peers);
  }

  /** Clients join in groups, ask, and stay. */
  private void together(Attempt attempt, List<Peer> peers) throws CheckFailure {
    Peer first = attempt.connect();
    attempt.ask(first, attempt.word());
    peers.add(first);
    for (int group : GROUPS) {
      List<Peer> joining = new ArrayList<>();
      for (int i = 0; i < group; i++) {
        Peer peer = attempt.open();
        attempt.say(peer, attempt.word());
        joining.add(peer);
      }
      peers.addAll(joining);
      long asked = System.nanoTime();
      boolean all = attempt.await(() -> joining.stream().allMatch(Peer::answered), longEnough());
      int served = (int) peers.stream().filter(peer -> peer.receivedCount() > 0).count();
      if (!all) {
        traits = traits.withClients(served, served == 1);
        return;
      }
      long took = System.nanoTime() - asked;
      if (group > 2
          && traits.job().compareTo(NOTICEABLE) >= 0
          && took > traits.job().toNanos() * (group - 1)) {
        traits = traits.withClients(Traits.ANY, true);
        return;
      }
    }
    traits = traits.withClients(Traits.ANY, false);
  }

  /** One client asks beside more and more that say nothing. */
  private void besideIdle(Attempt attempt, List<Peer> peers) throws CheckFailure {
    int most = traits.job().compareTo(NOTICEABLE) >= 0 ? 6 : 24;
    for (int idle = 1; idle <= most; idle++) {
      peers.add(attempt.connect());
      Peer asking = attempt.open();
      attempt.say(asking, attempt.word());
      asking.end();
      if (!attempt.await(asking::answered, longEnough())) {
        peers.add(asking);
        traits = traits.withClients(idle, idle == 1);
        return;
      }
    }
    traits = traits.withClients(Traits.ANY, false);
  }
}
