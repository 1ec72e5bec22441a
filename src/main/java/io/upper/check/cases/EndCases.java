package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.TlsPeer;
import java.util.List;

/** How connections end: each side of its own (RFC 9293, section 3.6). */
final class EndCases {
  private static final int KIB = 1024;

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/end/reply-after-fin",
              MUST,
              BASIC,
              "The reply comes although the client has ended its side (FIN).",
              "The end of the input is taken for the end of the connection, which is closed at once.",
              "printf hello | nc -N ends so, and with it every script.",
              "tcp-server",
              "io.upper.server.HalfClose",
              Cost.requests(1),
              Cost.requests(1),
              EndCases::replyAfterFin),
          new CheckCase(
              "tcp/end/server-ends-too",
              MUST,
              BASIC,
              "After the client's end and the last reply the server ends its side, properly.",
              "The socket is not closed, or is closed by a reset.",
              "The client waits for the end for ever, and the server's descriptors run out.",
              "tcp-server",
              "io.upper.server.SocketClose",
              Cost.requests(1),
              Cost.requests(1),
              EndCases::serverEndsToo),
          new CheckCase(
              "tcp/end/fin-in-flight",
              MUST,
              BASIC,
              "The last of several replies comes, too, if the client ends while it is made.",
              "The end is acted on before the work that was read before it.",
              "The end overtakes the work where a thread or a timer does it.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.requests(3),
              Cost.requests(2),
              EndCases::finInFlight),
          new CheckCase(
              "tcp/end/bulk-and-fin",
              MUST,
              ROBUST,
              "64 KiB and the end at once: the whole reply comes.",
              "The connection is closed while replies wait to be written.",
              "Files end so: cat file | nc -N.",
              "tcp-server",
              "io.upper.server.SocketClose",
              Cost.bytes(64 * KIB),
              Cost.bytes(60),
              EndCases::bulkAndFin));

  private EndCases() {}

  /** With TLS 1.2 nobody replies to a client that has ended its side (RFC 5246, 7.2.1). */
  static void needsHalfClose(Peer peer) throws NotApplicable {
    if (peer instanceof TlsPeer secured && !secured.version().equals("TLSv1.3")) {
      throw new NotApplicable(
          "it speaks " + secured.version() + ", where close_notify ends both sides");
    }
  }

  private static void replyAfterFin(Attempt attempt) throws CheckFailure, NotApplicable {
    Peer peer = attempt.connect();
    needsHalfClose(peer);
    attempt.say(peer, attempt.word());
    peer.end();
    attempt.replies(peer);
  }

  private static void serverEndsToo(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.ask(peer, attempt.word());
    attempt.finish(peer);
  }

  private static void finInFlight(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = attempt.connect();
    needsHalfClose(peer);
    attempt.ask(peer, attempt.word());
    for (int i = 1; i < attempt.cost().requests(); i++) {
      attempt.say(peer, attempt.word());
    }
    peer.end();
    attempt.replies(peer);
  }

  private static void bulkAndFin(Attempt attempt) throws CheckFailure, NotApplicable {
    String text = attempt.lines(attempt.cost().bytes());
    Peer peer = attempt.connect();
    needsHalfClose(peer);
    peer.expect(attempt.traits().reply(text));
    peer.send(text);
    peer.end();
    attempt.replies(peer);
  }
}
