package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Framing;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.Symptom;
import io.upper.report.Units;
import java.time.Duration;
import java.util.List;

/** TCP carries bytes, not messages: they arrive in pieces, together, and in any amount. */
final class StreamCases {
  private static final int KIB = 1024;
  private static final Duration BETWEEN_BYTES = Duration.ofMillis(5);
  private static final Duration BETWEEN_LETTERS = Duration.ofMillis(20);
  private static final Duration WITHOUT_PAUSE = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(1500);
  private static final String LINES =
      "A read is taken for a message: TCP keeps the order of bytes, not their borders.";

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/stream/byte-by-byte",
              MUST,
              BASIC,
              "A message that arrives byte by byte gets the same reply.",
              LINES,
              "Slow networks, small windows and typing people send so.",
              "tcp-server",
              "io.upper.server.Session",
              new Cost(1, 2, 40, BETWEEN_BYTES.multipliedBy(40), 1),
              new Cost(1, 2, 20, BETWEEN_BYTES.multipliedBy(20), 1),
              StreamCases::byteByByte),
          new CheckCase(
              "tcp/stream/coalesced",
              MUST,
              BASIC,
              "Messages that arrive together are all replied to.",
              "After one read only the first line or message is looked at.",
              "The sender's kernel joins what is written in a row.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.bytes(50),
              Cost.bytes(20),
              StreamCases::coalesced),
          new CheckCase(
              "tcp/stream/pause",
              MUST,
              BASIC,
              "A client that pauses in the middle of a message still gets its whole reply.",
              "A read timeout of a second ends the connection.",
              "Packets get lost, and are sent again after a second or more.",
              "tcp-server",
              "io.upper.server.SessionSweep",
              Cost.requests(2).pausing(PAUSE),
              Cost.requests(2).pausing(PAUSE),
              StreamCases::pause),
          new CheckCase(
              "tcp/stream/64-kib",
              MUST,
              BASIC,
              "64 KiB come back in uppercase.",
              "What a partly done write or a full buffer leaves over is lost.",
              "It is more than one read and one segment, and no more than usual.",
              "tcp-server",
              "io.upper.server.ReplyWriter",
              Cost.bytes(64 * KIB),
              Cost.bytes(60),
              StreamCases::bulk),
          new CheckCase(
              "tcp/stream/8-mib",
              MUST,
              ROBUST,
              "8 MiB come back in uppercase, while the client sends and reads at once.",
              "A partly done write is not finished: it shows when the network is full.",
              "Files are sent through such services with nc.",
              "tcp-server",
              "io.upper.server.ReplyWriter",
              Cost.bytes(8 * KIB * KIB),
              Cost.bytes(60),
              StreamCases::bulk),
          new CheckCase(
              "tcp/stream/reply-while-sending",
              MUST,
              BASIC,
              "Replies come while the client is still sending.",
              "The server reads until nothing more comes for a while, and only then replies.",
              "Who never pauses never gets a reply, and the memory has to hold it all.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.requests(4),
              Cost.requests(4),
              StreamCases::replyWhileSending),
          new CheckCase(
              "tcp/stream/late-reader",
              MUST,
              ROBUST,
              "A client that reads only after a while gets everything.",
              "A write to a full socket fails or writes a part, and the rest is dropped.",
              "Clients are busy, and the network holds their replies until they read.",
              "tcp-server",
              "io.upper.server.ReplyWriter",
              // More than the sockets of both sides usually hold.
              Cost.bytes(8 * KIB * KIB).pausing(Duration.ofMillis(300)),
              Cost.bytes(60).pausing(Duration.ofMillis(300)),
              StreamCases::lateReader));

  private StreamCases() {}

  private static void byteByByte(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    String message = attempt.message(attempt.letters(attempt.cost().bytes()));
    peer.expect(attempt.traits().reply(message));
    for (byte each : Attempt.utf8(message)) {
      peer.send(new byte[] {each});
      attempt.pause(BETWEEN_BYTES);
    }
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static void coalesced(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    StringBuilder together = new StringBuilder();
    while (together.length() + 11 <= attempt.cost().bytes()) {
      together.append(attempt.word()).append('\n');
    }
    peer.expect(attempt.traits().reply(together.toString()));
    peer.send(together.toString());
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static void pause(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    String begin = attempt.word();
    String end = attempt.message(attempt.word());
    peer.expect(attempt.traits().reply(begin + end));
    peer.send(begin);
    attempt.pause(PAUSE);
    peer.send(end);
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static void bulk(Attempt attempt) throws CheckFailure {
    String text = attempt.lines(attempt.cost().bytes());
    Peer peer = attempt.connect();
    say(attempt, peer, text);
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static void replyWhileSending(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = attempt.connect();
    Duration between = BETWEEN_LETTERS.plus(attempt.traits().job().dividedBy(50));
    Duration limit = WITHOUT_PAUSE.plus(attempt.traits().job().multipliedBy(2));
    long end = System.nanoTime() + limit.toNanos();
    while (peer.receivedCount() == 0 && !peer.over() && System.nanoTime() < end) {
      attempt.say(peer, attempt.letters(1));
      attempt.pause(between);
    }
    if (peer.receivedCount() == 0 && !peer.over()) {
      throw new CheckFailure(
          Symptom.NO_REPLY,
          peer,
          "No reply came while the client was sending, for " + Units.time(limit) + ".");
    }
    attempt.replies(peer);
  }

  private static void lateReader(Attempt attempt) throws CheckFailure {
    String text = attempt.lines(attempt.cost().bytes());
    Peer peer = attempt.connect();
    peer.stopReading();
    say(attempt, peer, text);
    attempt.pause(attempt.cost().pause());
    peer.readOn();
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static void say(Attempt attempt, Peer peer, String lines) {
    peer.expect(attempt.traits().reply(lines));
    peer.send(lines);
  }

  private static void endIfNeeded(Attempt attempt, Peer peer) {
    if (attempt.traits().framing() == Framing.END) {
      peer.end();
    }
  }
}
