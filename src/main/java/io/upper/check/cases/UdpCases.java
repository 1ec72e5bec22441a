package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;
import static io.upper.check.Requirement.SHOULD;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.DatagramPeer;
import io.upper.check.Datagrams;
import io.upper.check.Level;
import io.upper.check.Requirement;
import io.upper.check.Symptom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** UDP: each datagram is a message, of 0 to 65,507 bytes over IPv4, and gets one datagram. */
final class UdpCases {
  private static final Duration LISTENING = Duration.ofMillis(300);
  private static final int LARGEST = 65_507;
  private static final int ETHERNET = 1472;
  private static final int CLIENTS = 10;
  private static final int BURST = 50;
  private static final String VERTICLE = "io.upper.server.UdpServerVerticle";
  private static final String REPLIES = "io.upper.server.DatagramReplies";

  static final List<CheckCase> ALL =
      List.of(
          udp(
              "udp/basic/one-datagram",
              MUST,
              BASIC,
              "The reply to a datagram is a datagram with its uppercase.",
              "The answer is a fixed text, or the message itself.",
              "It is the service.",
              REPLIES,
              Cost.requests(1),
              attempt -> ask(attempt, attempt.word() + " " + attempt.word())),
          udp(
              "udp/basic/one-reply",
              MUST,
              BASIC,
              "One datagram gets one reply, and nothing else comes.",
              "The reply is sent twice, in pieces, or with the rest of the buffer.",
              "The client takes it for the reply to its next request.",
              REPLIES,
              Cost.requests(1).pausing(LISTENING),
              UdpCases::oneReply),
          udp(
              "udp/basic/asked-address",
              MUST,
              BASIC,
              "The reply comes from the address that was asked.",
              "The reply is sent by another socket.",
              "Clients and firewalls drop what they did not ask.",
              REPLIES,
              Cost.requests(1),
              UdpCases::askedAddress),
          udp(
              "udp/basic/two-clients",
              MUST,
              BASIC,
              "Two clients get their own replies.",
              "The address of the last sender is kept in a variable that others overwrite.",
              "What one client sends is not for the others to read.",
              REPLIES,
              Cost.clients(2),
              attempt -> clients(attempt, 2)),
          udp(
              "udp/basic/shorter-after-longer",
              MUST,
              BASIC,
              "A short datagram after a long one gets a short reply.",
              "The buffer keeps the end of the longer one, and its length.",
              "Old bytes may be another client's.",
              REPLIES,
              Cost.requests(2),
              UdpCases::shorterAfterLonger),
          udp(
              "udp/size/empty",
              SHOULD,
              ROBUST,
              "A datagram without bytes gets one without bytes.",
              "A receive of 0 bytes is taken for the end, as over TCP.",
              "It is a valid datagram (RFC 768), and a cheap sign of life.",
              VERTICLE,
              Cost.requests(1),
              UdpCases::empty),
          udp(
              "udp/size/1472",
              MUST,
              BASIC,
              "A datagram that fills an Ethernet frame comes back whole.",
              "The buffer has 32 or 1,024 bytes: the rest of the datagram is thrown away.",
              "It is the largest size that travels in one frame.",
              VERTICLE,
              Cost.requests(1),
              attempt -> ask(attempt, attempt.letters(ETHERNET))),
          udp(
              "udp/size/9000",
              SHOULD,
              ROBUST,
              "A datagram of several frames comes back whole.",
              "The buffer has 2,048 or 8,192 bytes.",
              "IP puts the fragments together; the service need not care.",
              VERTICLE,
              Cost.requests(1),
              attempt -> ask(attempt, attempt.letters(9000))),
          udp(
              "udp/size/65507",
              SHOULD,
              ROBUST,
              "The largest datagram comes back whole.",
              "The buffer is smaller than 65,507 bytes.",
              "It is the limit of the protocol over IPv4.",
              VERTICLE,
              Cost.requests(1),
              attempt -> ask(attempt, attempt.letters(LARGEST))),
          udp(
              "udp/size/reply-too-long",
              SHOULD,
              ROBUST,
              "If the uppercase does not fit into a datagram, the next request is served all the same.",
              "The send fails, and nothing catches the exception.",
              "One datagram must not stop the service.",
              REPLIES,
              Cost.requests(2),
              UdpCases::replyTooLong),
          udp(
              "udp/text/utf-8",
              SHOULD,
              BASIC,
              "Latin letters with accents, Greek and Cyrillic are mapped.",
              "Text is read as Latin-1, or only ASCII is looked at in a part of the text.",
              "Most languages need more than ASCII.",
              "io.upper.text.Utf8Uppercase",
              Cost.requests(1),
              attempt -> ask(attempt, "àéñ žę ωλπ жщы " + attempt.word())),
          udp(
              "udp/text/sharp-s",
              SHOULD,
              BASIC,
              "ß becomes SS where the mapping is full, else it stays.",
              "The reply is cut to the length of the message, or padded.",
              "The length of a text changes with its case.",
              "io.upper.text.Utf8Uppercase",
              Cost.requests(1),
              attempt -> ask(attempt, "ßß ŉ ΐ " + attempt.word())),
          udp(
              "udp/text/invalid-bytes",
              SHOULD,
              ROBUST,
              "Bytes that are not UTF-8 get a reply, with the text around them mapped.",
              "The decoder throws, and nothing catches it.",
              "Everybody may send everything to a UDP port.",
              "io.upper.text.Utf8Uppercase",
              Cost.requests(1),
              UdpCases::invalid),
          udp(
              "udp/many/ten-clients",
              SHOULD,
              BASIC,
              "Ten clients at once get their replies.",
              "A thread or a child process for each datagram mixes up their buffers.",
              "Clients do not come one by one.",
              VERTICLE,
              Cost.clients(CLIENTS),
              attempt -> clients(attempt, CLIENTS)),
          udp(
              "udp/many/burst",
              SHOULD,
              ROBUST,
              "A burst of small datagrams from one client gets a reply for each, in any order.",
              "The socket's buffer is small, or the server reads too slowly.",
              "Datagrams that find no room are dropped, and nobody is told.",
              VERTICLE,
              new Cost(BURST, 1, 0, Duration.ZERO, 1),
              UdpCases::burst));

  private UdpCases() {}

  private static CheckCase udp(
      String id,
      Requirement requirement,
      Level level,
      String sentence,
      String mistake,
      String why,
      String right,
      Cost cost,
      CheckCase.Body body) {
    // The lessons have buffers of 1,024 bytes.
    String lesson = id.matches("udp/size/[0-9]+") ? "" : "udp-server";
    return new CheckCase(
        id, requirement, level, sentence, mistake, why, lesson, right, cost, cost, body);
  }

  private static void ask(Attempt attempt, String text) throws CheckFailure {
    attempt.datagrams().ask(attempt.datagrams().client(), text);
  }

  /** From a socket that is not connected: the JDK sends nothing from one that is. */
  private static void empty(Attempt attempt) throws CheckFailure {
    attempt.datagrams().ask(attempt.datagrams().openClient(), "");
  }

  private static void oneReply(Attempt attempt) throws CheckFailure {
    Datagrams datagrams = attempt.datagrams();
    DatagramPeer peer = datagrams.client();
    datagrams.ask(peer, attempt.word());
    datagrams.nothingFor(peer, LISTENING);
  }

  private static void askedAddress(Attempt attempt) throws CheckFailure {
    DatagramPeer peer = attempt.datagrams().openClient();
    attempt.datagrams().ask(peer, attempt.word());
    if (peer.stranger() != null) {
      throw new CheckFailure(
          Symptom.WRONG_BYTES, peer, "The reply came from " + peer.stranger() + ".");
    }
  }

  private static void clients(Attempt attempt, int count) throws CheckFailure {
    Datagrams datagrams = attempt.datagrams();
    List<DatagramPeer> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      DatagramPeer peer = datagrams.client();
      datagrams.say(peer, attempt.word() + i);
      peers.add(peer);
    }
    for (DatagramPeer peer : peers) {
      datagrams.replies(peer);
    }
  }

  private static void shorterAfterLonger(Attempt attempt) throws CheckFailure {
    Datagrams datagrams = attempt.datagrams();
    DatagramPeer peer = datagrams.client();
    datagrams.ask(peer, attempt.letters(30));
    datagrams.ask(peer, attempt.letters(3));
  }

  private static void replyTooLong(Attempt attempt) throws CheckFailure {
    Datagrams datagrams = attempt.datagrams();
    // Three times as long in uppercase, if the mapping is full.
    byte[] text = Attempt.utf8("ΐ".repeat(LARGEST / 2));
    DatagramPeer first = datagrams.client();
    first.send(text);
    attempt.pause(attempt.traits().job().plus(LISTENING));
    ask(attempt, attempt.word());
  }

  private static void invalid(Attempt attempt) throws CheckFailure {
    byte[] before = Attempt.utf8(attempt.word());
    byte[] noise = {(byte) 0xff, '.', (byte) 0xc3, ' '};
    byte[] after = Attempt.utf8(attempt.word());
    byte[] datagram = Arrays.copyOf(before, before.length + noise.length + after.length);
    System.arraycopy(noise, 0, datagram, before.length, noise.length);
    System.arraycopy(after, 0, datagram, before.length + noise.length, after.length);
    DatagramPeer peer = attempt.datagrams().client();
    peer.send(datagram);
    attempt.await(() -> peer.hasUnexpected() || peer.failure() != null);
    String reply = new String(peer.received(), UTF_8);
    String first = attempt.traits().mapping().upper(new String(before, UTF_8));
    String last = attempt.traits().mapping().upper(new String(after, UTF_8));
    if (!reply.startsWith(first) || !reply.endsWith(last)) {
      throw new CheckFailure(
          peer.hasUnexpected() ? Symptom.WRONG_BYTES : Symptom.NO_REPLY,
          peer,
          peer.hasUnexpected()
              ? "The text around the invalid bytes is not as expected."
              : "No reply came.");
    }
  }

  private static void burst(Attempt attempt) throws CheckFailure {
    Datagrams datagrams = attempt.datagrams();
    DatagramPeer peer = datagrams.client();
    for (int i = 0; i < attempt.cost().clients(); i++) {
      datagrams.say(peer, attempt.word() + i);
    }
    datagrams.replies(peer);
  }
}
