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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** How connections end: each side of its own (RFC 9293, section 3.6), or with a reset. */
final class EndCases {
  private static final int KIB = 1024;
  private static final Duration A_MOMENT = Duration.ofMillis(100);

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
              EndCases::bulkAndFin),
          new CheckCase(
              "tcp/end/unread-replies",
              MUST,
              ROBUST,
              "A client that leaves without reading its replies harms nobody: the next is served.",
              "An exception of a write (broken pipe, connection reset) ends the server.",
              "Clients crash, and people press Ctrl-C.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(2),
              Cost.requests(2),
              EndCases::unreadReplies),
          new CheckCase(
              "tcp/end/reset-in-flight",
              MUST,
              ROBUST,
              "A client that resets while its reply is made harms nobody: the next is served.",
              "An exception of a read or a write ends the server.",
              "Firewalls, crashed clients and load balancers reset connections.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(2),
              Cost.requests(2),
              EndCases::resetInFlight),
          new CheckCase(
              "tcp/end/reset-at-once",
              MUST,
              ROBUST,
              "A client that connects and resets at once harms nobody: the next is served.",
              "accept or the first read fails, and nothing catches the exception.",
              "A port scan does that to every port.",
              "tcp-thread",
              "io.upper.server.AdmissionHandler",
              Cost.requests(1),
              Cost.requests(1),
              EndCases::resetAtOnce),
          new CheckCase(
              "tcp/end/twenty-resets",
              MUST,
              ROBUST,
              "Twenty clients that reset one after the other leave a server that still serves.",
              "Each lost client leaves a thread, a process or a socket behind.",
              "In a day it is thousands.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(21),
              Cost.requests(3),
              EndCases::manyResets));

  private EndCases() {}

  private static void replyAfterFin(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
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
    attempt.ask(peer, attempt.word());
    for (int i = 1; i < attempt.cost().requests(); i++) {
      attempt.say(peer, attempt.word());
    }
    attempt.finish(peer);
  }

  private static void bulkAndFin(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    StringBuilder text = new StringBuilder();
    while (text.length() < attempt.cost().bytes()) {
      text.append(attempt.letters(31)).append('\n');
    }
    peer.expect(attempt.traits().mapping().upper(text.toString()));
    peer.send(text.toString());
    attempt.finish(peer);
  }

  private static void unreadReplies(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.say(peer, attempt.word());
    if (attempt.traits().framing() == Framing.END) {
      peer.end();
    }
    peer.stopReading();
    attempt.pause(attempt.traits().job().plus(A_MOMENT));
    // With replies unread the client's system answers with a reset.
    peer.close();
    next(attempt);
  }

  private static void resetInFlight(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.say(peer, attempt.word());
    reset(peer);
    next(attempt);
  }

  private static void resetAtOnce(Attempt attempt) throws CheckFailure {
    reset(attempt.connect());
    next(attempt);
  }

  private static void manyResets(Attempt attempt) throws CheckFailure {
    for (int i = 1; i < attempt.cost().requests(); i++) {
      Peer peer = attempt.connect();
      attempt.say(peer, attempt.word());
      reset(peer);
    }
    next(attempt);
  }

  private static void next(Attempt attempt) throws CheckFailure {
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void reset(Peer peer) {
    try {
      peer.reset();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot reset a connection: " + e.getMessage(), e);
    }
  }
}
