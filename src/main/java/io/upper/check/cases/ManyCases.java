package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;
import static io.upper.check.Requirement.MUST_FOR_UNICODE;
import static io.upper.check.Requirement.SHOULD;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Framing;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Several clients. That they wait for each other is no fault; that they harm each other is. */
final class ManyCases {
  private static final int IDLE = 200;
  private static final Duration BETWEEN = Duration.ofMillis(3);
  private static final Duration READ = Duration.ofMillis(30);

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/many/ten-at-once",
              SHOULD,
              BASIC,
              "Ten clients that come at once are all served, at once or in turn.",
              "The queue of connections (backlog) is too short, or a client is forgotten.",
              "Clients do not come one by one.",
              "tcp-thread",
              "io.upper.server.Server",
              Cost.clients(10),
              Cost.clients(3),
              ManyCases::atOnce),
          new CheckCase(
              "tcp/many/cross-talk",
              MUST,
              BASIC,
              "Each of six clients gets its own replies, and nobody else's.",
              "A buffer or a variable is shared by all connections.",
              "What one client sends is not for the others to read.",
              "tcp-thread",
              "io.upper.server.Session",
              new Cost(6, 4, 0, Duration.ZERO, 1),
              new Cost(3, 1, 0, Duration.ZERO, 1),
              ManyCases::crossTalk),
          new CheckCase(
              "tcp/many/cut-characters-apart",
              MUST_FOR_UNICODE,
              ROBUST,
              "Half a character of one client is not joined with the bytes of another.",
              "Each read is decoded alone, or all connections share one decoder.",
              "Both clients get wrong text, and each a piece of the other's.",
              "",
              "io.upper.service.Service",
              new Cost(2, 2, 0, READ.multipliedBy(2), 2),
              new Cost(2, 2, 0, READ.multipliedBy(2), 2),
              ManyCases::cutCharacters),
          new CheckCase(
              "tcp/many/stalled-client",
              SHOULD,
              ROBUST,
              "A client that stops in the middle of a message does not keep others waiting.",
              "The server waits for the rest in the thread that serves everybody.",
              "A lost network looks like that, for hours.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.requests(2).pausing(READ).together(2),
              Cost.requests(2).pausing(READ).together(2),
              ManyCases::stalled),
          new CheckCase(
              "tcp/many/200-idle",
              SHOULD,
              ROBUST,
              "200 clients that say nothing leave the next one its reply.",
              "select is limited to 1,024 descriptors, a pool to its threads.",
              "Clients keep connections open for later.",
              "tcp-selectors",
              "io.upper.server.SessionSweep",
              Cost.requests(1).together(IDLE + 1),
              Cost.requests(1).together(IDLE + 1),
              ManyCases::idle),
          new CheckCase(
              "tcp/many/burst-of-100",
              SHOULD,
              ROBUST,
              "100 clients that connect in the same moment are all served.",
              "The queue of connections (backlog) is 5, and the kernel drops the others.",
              "After a network fault all clients come back at once.",
              "tcp-selectors",
              "io.upper.server.Server",
              Cost.clients(100),
              Cost.clients(3),
              ManyCases::burst),
          new CheckCase(
              "tcp/many/100-in-turn",
              SHOULD,
              ROBUST,
              "100 short connections, one after the other, are all served.",
              "Threads, processes or sockets of ended connections are not given back.",
              "That is a minute of a busy server.",
              "tcp-server",
              "io.upper.server.SocketClose",
              Cost.requests(100),
              Cost.requests(2),
              ManyCases::inTurn),
          new CheckCase(
              "tcp/many/beside-bulk",
              SHOULD,
              ROBUST,
              "A client with a short message is served while another one sends megabytes.",
              "The server does not turn to others until a client has nothing more to say.",
              "One backup must not stop all conversations.",
              "tcp-thread",
              "io.upper.server.Session",
              Cost.bytes(8 * 1024 * 1024).together(2),
              Cost.bytes(60).together(2),
              ManyCases::besideBulk));

  private ManyCases() {}

  /** Where they have to wait for each other, each one ends its side, so that the next can come. */
  private static List<Peer> ask(Attempt attempt, int count) throws NotApplicable {
    boolean inTurn =
        attempt.traits().clientsAtOnce() < count || attempt.traits().framing() == Framing.END;
    if (inTurn && !attempt.traits().halfClose()) {
      throw new NotApplicable(
          "its clients have to wait for each other's end, and it has no half-close");
    }
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Peer peer = attempt.open();
      attempt.say(peer, attempt.word() + i);
      if (inTurn) {
        peer.end();
      }
      peers.add(peer);
    }
    return peers;
  }

  private static void atOnce(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.replies(ask(attempt, attempt.cost().clients()));
  }

  private static void burst(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.repliesInTurn(ask(attempt, attempt.cost().clients()));
  }

  private static void crossTalk(Attempt attempt) throws CheckFailure, NotApplicable {
    int count = attempt.cost().clients();
    List<Peer> peers = ask(attempt, count);
    boolean conversation =
        attempt.traits().framing() != Framing.END && attempt.traits().clientsAtOnce() >= count;
    attempt.replies(peers);
    for (int round = 1; conversation && round < attempt.cost().requests(); round++) {
      for (Peer peer : peers) {
        attempt.say(peer, attempt.word());
      }
    }
    attempt.replies(peers);
  }

  private static void cutCharacters(Attempt attempt) throws CheckFailure {
    byte[] before = Attempt.utf8(attempt.word());
    byte[] message = joined(before, Attempt.utf8("é" + attempt.message(attempt.word())));
    Peer one = attempt.connect();
    Peer other = attempt.connect();
    one.expect(attempt.traits().reply(new String(message, UTF_8)));
    one.send(Arrays.copyOf(message, before.length + 1));
    attempt.read(one, before.length, READ);
    String text = attempt.word() + "ñ";
    attempt.say(other, text);
    attempt.read(other, Attempt.utf8(text).length, READ);
    one.send(Arrays.copyOfRange(message, before.length + 1, message.length));
    if (attempt.traits().framing() == Framing.END) {
      one.end();
      other.end();
    }
    attempt.replies(List.of(other, one));
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  private static void stalled(Attempt attempt) throws CheckFailure {
    Peer stalled = attempt.connect();
    stalled.send(new byte[] {'a', (byte) 0xc3});
    attempt.read(stalled, 1, READ);
    Peer other = attempt.connect();
    attempt.ask(other, attempt.word());
  }

  private static void idle(Attempt attempt) throws CheckFailure {
    for (int i = 0; i < IDLE; i++) {
      attempt.connect();
      attempt.pause(BETWEEN); // How long its queue is, is for the burst to grade.
    }
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void inTurn(Attempt attempt) throws CheckFailure {
    for (int i = 0; i < attempt.cost().requests(); i++) {
      Peer peer = attempt.connect();
      attempt.ask(peer, attempt.word());
      peer.close();
    }
  }

  private static void besideBulk(Attempt attempt) throws CheckFailure {
    String text = attempt.lines(attempt.cost().bytes());
    Peer bulk = attempt.connect();
    bulk.expect(attempt.traits().reply(text));
    bulk.send(text);
    if (attempt.traits().framing() == Framing.END) {
      bulk.end();
    }
    int some = attempt.cost().bytes() / 4;
    boolean end = attempt.traits().framing() == Framing.END;
    attempt.await(() -> bulk.over() || (end ? bulk.taken() : bulk.receivedCount()) > some);
    Peer small = attempt.connect();
    attempt.ask(small, attempt.word());
    attempt.replies(bulk);
  }
}
