package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST_FOR_UNICODE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Framing;
import io.upper.check.Peer;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Characters of several bytes (UTF-8, RFC 3629) that arrive in pieces. */
final class CutCases {
  // Long enough that the server has read what was sent before.
  private static final Duration READ = Duration.ofMillis(30);

  private static final String TWO_BYTES = "àéîõüñøåçčđěğłńőřšťůžжщыяюєїαβγδεζλπσωάέήίόύώ";

  private static final String THREE_BYTES = "ḁẽỳạậắếḍṣẓἀἐἰὁὑⲁⲃⲅⰰⰱ";
  private static final String FOUR_BYTES = "𐐨𐐩𐐪𐑎𞤢𞤣𞤤𑣀𑣁𖹠";
  private static final String CUT =
      "Each read is decoded alone: a character that a read has cut becomes several wrong ones.";
  private static final String NETWORK =
      "The network cuts where it likes, and so does the end of a buffer.";
  private static final String UPPERCASE = "io.upper.text.Utf8Uppercase";

  static final List<CheckCase> ALL =
      List.of(
          cut("cut-2", "two", TWO_BYTES, 1),
          cut("cut-3", "three", THREE_BYTES, 2),
          cut("cut-4", "four", FOUR_BYTES, 3),
          new CheckCase(
              "tcp/text/cut-by-buffer",
              MUST_FOR_UNICODE,
              BASIC,
              "A long text of two-byte characters comes back whole, wherever a buffer ends.",
              CUT,
              NETWORK,
              "",
              UPPERCASE,
              Cost.bytes(16 * 1024),
              Cost.bytes(60),
              CutCases::cutByBuffer),
          new CheckCase(
              "tcp/text/utf-8-byte-by-byte",
              MUST_FOR_UNICODE,
              ROBUST,
              "Characters of two, three and four bytes may arrive byte by byte.",
              CUT,
              NETWORK,
              "",
              UPPERCASE,
              Cost.requests(2).pausing(READ.multipliedBy(14)),
              Cost.requests(2).pausing(READ.multipliedBy(14)),
              CutCases::byteByByte));

  private CutCases() {}

  private static CheckCase cut(String name, String size, String characters, int cuts) {
    return new CheckCase(
        "tcp/text/" + name,
        MUST_FOR_UNICODE,
        BASIC,
        "A character of " + size + " bytes may be cut between two segments, at any byte.",
        CUT,
        NETWORK,
        "",
        UPPERCASE,
        Cost.requests(2 * cuts).pausing(READ.multipliedBy(cuts)),
        Cost.requests(2).pausing(READ),
        attempt -> cutCharacter(attempt, characters));
  }

  /** On a connection of its own for each cut. */
  private static void cutCharacter(Attempt attempt, String characters) throws CheckFailure {
    byte[] character = Attempt.utf8(random(attempt, characters, 1));
    int last = attempt.cost().requests() / 2;
    for (int cut = 1; cut <= last; cut++) {
      byte[] before = Attempt.utf8(attempt.word());
      byte[] after = Attempt.utf8(attempt.message(attempt.word()));
      byte[] whole = joined(before, character, after);
      Peer peer = attempt.connect();
      peer.expect(attempt.traits().reply(new String(whole, UTF_8)));
      peer.send(Arrays.copyOf(whole, before.length + cut));
      attempt.read(peer, before.length, READ);
      peer.send(Arrays.copyOfRange(whole, before.length + cut, whole.length));
      endIfNeeded(attempt, peer);
      attempt.replies(peer);
      peer.close(); // The next may have to wait for its end.
    }
  }

  private static void cutByBuffer(Attempt attempt) throws CheckFailure {
    // One byte, then pairs: every buffer of an even size ends in the middle of one.
    int pairs = (attempt.cost().bytes() - 2) / 2;
    attempt.ask(attempt.connect(), "a" + random(attempt, TWO_BYTES, pairs));
  }

  private static void byteByByte(Attempt attempt) throws CheckFailure {
    String text =
        random(attempt, TWO_BYTES, 2)
            + random(attempt, THREE_BYTES, 2)
            + random(attempt, FOUR_BYTES, 1);
    String message = attempt.message(text);
    Peer peer = attempt.connect();
    peer.expect(attempt.traits().reply(message));
    for (byte each : Attempt.utf8(message)) {
      peer.send(new byte[] {each});
      attempt.pause(READ);
    }
    endIfNeeded(attempt, peer);
    attempt.replies(peer);
  }

  private static String random(Attempt attempt, String characters, int count) {
    int[] all = characters.codePoints().toArray();
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.appendCodePoint(all[attempt.random().nextInt(all.length)]);
    }
    return text.toString();
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static void endIfNeeded(Attempt attempt, Peer peer) {
    if (attempt.traits().framing() == Framing.END) {
      peer.end();
    }
  }
}
