package io.upper.check.cases;

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

/**
 * Clients that are suddenly gone. These cases run late: a server that fails them may not survive.
 */
final class ResetCases {
  private static final Duration A_MOMENT = Duration.ofMillis(100);

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/end/unread-replies",
              MUST,
              ROBUST,
              "A client that leaves without reading its replies harms nobody: the next is served.",
              "An exception of a write (broken pipe, connection reset) ends the server.",
              "Clients crash, and people press Ctrl-C.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(3),
              Cost.requests(3),
              ResetCases::unreadReplies),
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
              ResetCases::resetInFlight),
          new CheckCase(
              "tcp/end/reset-at-once",
              MUST,
              ROBUST,
              "A client that connects and resets at once harms nobody: the next is served.",
              "accept or the first read fails, and nothing catches the exception.",
              "A port scan does that to every port.",
              "tcp-thread",
              "io.upper.server.AdmissionHandler",
              Cost.requests(2),
              Cost.requests(2),
              ResetCases::resetAtOnce),
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
              ResetCases::manyResets));

  private ResetCases() {}

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

  private static void resetInFlight(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsReset();
    Peer peer = attempt.connect();
    attempt.say(peer, attempt.word());
    reset(peer);
    next(attempt);
  }

  private static void resetAtOnce(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsReset();
    reset(attempt.connect());
    next(attempt);
  }

  private static void manyResets(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsReset();
    for (int i = 1; i < attempt.cost().requests(); i++) {
      Peer peer = attempt.connect();
      attempt.say(peer, attempt.word());
      reset(peer);
      if (attempt.traits().oneRequestAtATime()) {
        // It does the job of each lost client before it serves the next one.
        attempt.pause(attempt.traits().job());
      }
    }
    next(attempt);
  }

  private static void next(Attempt attempt) throws CheckFailure {
    // A server that does not survive may take a moment to notice.
    attempt.pause(attempt.traits().job().plus(A_MOMENT));
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
