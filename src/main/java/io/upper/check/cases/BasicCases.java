package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Requirement.MUST;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import java.time.Duration;
import java.util.List;

/** One client that does nothing unusual. */
final class BasicCases {
  private static final Duration LISTENING = Duration.ofMillis(300);
  private static final int ORDERED = 10;

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/basic/one-message",
              MUST,
              BASIC,
              "The reply is the uppercase of the message.",
              "The answer is a fixed text, or the message itself.",
              "It is the service.",
              "tcp-server",
              "io.upper.text.Utf8Uppercase",
              Cost.requests(1),
              Cost.requests(1),
              BasicCases::oneMessage),
          new CheckCase(
              "tcp/basic/one-letter",
              MUST,
              BASIC,
              "A message of one letter gets one letter.",
              "The server waits for more, or for a full buffer.",
              "A stream has no smallest message.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.requests(1),
              Cost.requests(1),
              BasicCases::oneLetter),
          new CheckCase(
              "tcp/basic/two-messages",
              MUST,
              BASIC,
              "After the first reply the connection serves a second message.",
              "The server closes the connection after one reply.",
              "A connection costs a round trip, with TLS two or three: clients keep it.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.requests(2),
              Cost.requests(2),
              BasicCases::twoMessages),
          new CheckCase(
              "tcp/basic/empty",
              MUST,
              BASIC,
              "A client that ends without a message gets nothing but the end.",
              "A read of no bytes is taken for a message, or is asked for again for ever.",
              "Health checks and port scanners do that all day.",
              "tcp-server",
              "io.upper.server.HalfClose",
              Cost.requests(0),
              Cost.requests(0),
              BasicCases::empty),
          new CheckCase(
              "tcp/basic/nothing-unasked",
              MUST,
              BASIC,
              "Nothing comes before the message, and nothing after the reply.",
              "A greeting, a prompt, a line end or a zero byte is added.",
              "The client takes it for a part of its reply.",
              "tcp-server",
              "io.upper.server.ReplyWriter",
              Cost.requests(1).pausing(LISTENING.multipliedBy(2)),
              Cost.requests(1).pausing(LISTENING.multipliedBy(2)),
              BasicCases::nothingUnasked),
          new CheckCase(
              "tcp/basic/ascii",
              MUST,
              BASIC,
              "Of the 95 printable ASCII characters a to z are mapped, and no other.",
              "32 is subtracted from every byte, or from a wrong range.",
              "Digits, punctuation and capitals are text, too.",
              "tcp-server",
              "io.upper.text.AsciiUppercase",
              Cost.bytes(95),
              Cost.bytes(95),
              BasicCases::ascii),
          new CheckCase(
              "tcp/basic/hundred-letters",
              MUST,
              BASIC,
              "A message of 100 letters gets 100 letters.",
              "The buffer has 32 or 64 bytes, and what does not fit is lost.",
              "A message may be longer than a buffer.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.bytes(100),
              Cost.bytes(40),
              BasicCases::manyLetters),
          new CheckCase(
              "tcp/basic/order",
              MUST,
              BASIC,
              "Messages that are sent without waiting get their replies in this order.",
              "Each message is given to another thread, and the fastest replies first.",
              "A stream has no other way to tell which reply belongs to which message.",
              "tcp-server",
              "io.upper.server.Session",
              Cost.requests(ORDERED).pausing(Duration.ofMillis(200)),
              Cost.requests(2).pausing(Duration.ofMillis(40)),
              BasicCases::order),
          new CheckCase(
              "tcp/basic/next-client",
              MUST,
              BASIC,
              "When a client has ended, the next one is served.",
              "The server serves its first client, and then ends or forgets to accept.",
              "A server is there for the next client.",
              "tcp-server",
              "io.upper.server.Server",
              Cost.requests(3),
              Cost.requests(2),
              BasicCases::threeClients));

  private BasicCases() {}

  private static void oneMessage(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.ask(peer, attempt.word() + " " + attempt.word());
  }

  private static void oneLetter(Attempt attempt) throws CheckFailure {
    attempt.ask(attempt.connect(), attempt.letters(1));
  }

  private static void twoMessages(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = attempt.connect();
    attempt.ask(peer, attempt.word());
    attempt.ask(peer, attempt.word());
  }

  private static void empty(Attempt attempt) throws CheckFailure {
    attempt.finish(attempt.connect());
  }

  private static void nothingUnasked(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.pause(LISTENING);
    attempt.nothingMore(peer);
    attempt.ask(peer, attempt.word());
    attempt.pause(LISTENING);
    attempt.nothingMore(peer);
  }

  private static void ascii(Attempt attempt) throws CheckFailure {
    StringBuilder text = new StringBuilder();
    for (char character = ' '; character <= '~'; character++) {
      text.append(character);
    }
    attempt.ask(attempt.connect(), text.toString());
  }

  private static void manyLetters(Attempt attempt) throws CheckFailure {
    attempt.ask(attempt.connect(), attempt.letters(attempt.cost().bytes()));
  }

  private static void order(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    Peer peer = attempt.connect();
    for (int i = 0; i < attempt.cost().requests(); i++) {
      attempt.say(peer, i + attempt.word() + ";");
      attempt.pause(attempt.cost().pause().dividedBy(attempt.cost().requests()));
    }
    attempt.replies(peer);
  }

  private static void threeClients(Attempt attempt) throws CheckFailure {
    for (int i = 0; i < attempt.cost().requests(); i++) {
      Peer peer = attempt.connect();
      attempt.ask(peer, attempt.word());
      peer.close();
    }
  }
}
