package io.upper.check.cases;

import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.SHOULD;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.Symptom;
import io.upper.report.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Clients that send and do not read. */
final class PressureCases {
  private static final int MIB = 1024 * 1024;
  private static final Duration STANDSTILL = Duration.ofMillis(1000);
  private static final Duration SEEN = Duration.ofMillis(100);

  // The buffers of both sockets take up to 10 MiB on Linux.
  private static final int MORE_THAN_SOCKETS_TAKE = 48 * MIB;
  private static final int GREEDY = 8;
  private static final int EACH = 32 * MIB;
  private static final long MAX_GROWTH = 128L * MIB;

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/pressure/never-reads",
              SHOULD,
              ROBUST,
              "A client that sends and never reads does not keep others waiting.",
              "The thread that serves everybody is stuck in a write.",
              "It takes one client with a full network to stop the service.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(2).pausing(STANDSTILL).together(2),
              Cost.requests(2).pausing(STANDSTILL).together(2),
              PressureCases::neverReads),
          new CheckCase(
              "tcp/pressure/back-pressure",
              SHOULD,
              ROBUST,
              "The server stops reading from a client that does not read its replies.",
              "Replies wait in a queue without a bound.",
              "The client decides how much memory the server needs.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(1).pausing(STANDSTILL),
              Cost.requests(1).pausing(STANDSTILL),
              PressureCases::backPressure),
          new CheckCase(
              "tcp/pressure/reads-on",
              SHOULD,
              ROBUST,
              "When such a client reads on, it gets everything.",
              "Once full, the connection is forgotten: nobody wakes it up.",
              "A pause is not the end.",
              "tcp-thread",
              "io.upper.server.ReplyWriter",
              Cost.bytes(16 * MIB).pausing(STANDSTILL),
              Cost.bytes(60).pausing(STANDSTILL),
              PressureCases::readsOn),
          new CheckCase(
              "tcp/pressure/memory",
              SHOULD,
              ROBUST,
              "Eight such clients make the server's memory grow by at most 128 MiB.",
              "Replies wait in a queue without a bound.",
              "A server without memory is killed, with all its clients.",
              "tcp-thread",
              "io.upper.server.Session",
              new Cost(GREEDY, 2, 0, STANDSTILL, 1),
              new Cost(GREEDY, 2, 0, STANDSTILL, 1),
              PressureCases::memory));

  private PressureCases() {}

  private static void neverReads(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = greedy(attempt, MORE_THAN_SOCKETS_TAKE);
    Peer other = attempt.connect();
    attempt.ask(other, attempt.word());
    leave(attempt, List.of(peer));
  }

  private static void backPressure(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = greedy(attempt, MORE_THAN_SOCKETS_TAKE);
    if (peer.taken() >= MORE_THAN_SOCKETS_TAKE) {
      throw new CheckFailure(
          Symptom.NO_BACK_PRESSURE,
          peer,
          "The server took " + Units.count(peer.taken()) + " bytes, and nobody read its replies.");
    }
    leave(attempt, List.of(peer));
  }

  /** With replies unread: the server may need a while to see it, and the next case must not. */
  private static void leave(Attempt attempt, List<Peer> peers) {
    peers.forEach(Peer::close);
    attempt.pause(attempt.traits().job().plus(SEEN));
  }

  private static Peer greedy(Attempt attempt, int bytes) throws CheckFailure {
    Peer peer = attempt.connect();
    peer.stopReading();
    peer.send(lines(bytes));
    attempt.await(() -> peer.taken() >= bytes, STANDSTILL);
    return peer;
  }

  private static void readsOn(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = attempt.connect();
    peer.stopReading();
    byte[] text = lines(attempt.cost().bytes());
    peer.expect(attempt.traits().reply(new String(text, UTF_8)));
    peer.send(text);
    attempt.await(() -> peer.taken() >= text.length, STANDSTILL);
    peer.readOn();
    attempt.replies(peer);
  }

  private static void memory(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    if (attempt.memory().isEmpty()) {
      throw new NotApplicable("its memory can be seen only if upper check starts it");
    }
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < GREEDY; i++) {
      peers.add(attempt.open());
    }
    // A process or a thread for each client is no growth.
    List<Peer> served = peers.subList(0, Math.min(GREEDY, attempt.traits().clientsAtOnce()));
    served.forEach(peer -> attempt.say(peer, attempt.word()));
    attempt.replies(served);
    OptionalLong before = attempt.memory();
    byte[] text = lines(EACH);
    for (Peer peer : peers) {
      peer.stopReading();
      peer.send(text);
    }
    attempt.await(() -> peers.stream().allMatch(peer -> peer.taken() >= EACH), STANDSTILL);
    long growth = attempt.memory().orElse(0) - before.orElse(0);
    if (growth > MAX_GROWTH) {
      throw new CheckFailure(
          Symptom.MEMORY,
          peers.get(0),
          "The server's memory grew by " + growth / MIB + " MiB for 8 clients.");
    }
    leave(attempt, peers);
  }

  private static byte[] lines(int bytes) {
    String line = "the quick brown fox jumps over the lazy dog and on\n";
    return line.repeat(bytes / line.length() + 1)
        .substring(0, bytes - 1)
        .concat("\n")
        .getBytes(UTF_8);
  }
}
