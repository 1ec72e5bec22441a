package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.SHOULD;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Framing;
import io.upper.check.Level;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.Requirement;
import io.upper.check.Symptom;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Text as UTF-8 (RFC 3629). What is expected follows from the mapping that the server has; the
 * characters are such whose mapping has not changed since Unicode 13.
 */
final class TextCases {
  private static final int LONGEST_WORD = 10;
  private static final String UPPERCASE = "io.upper.text.Utf8Uppercase";

  static final List<CheckCase> ALL =
      List.of(
          text(
              "latin-greek-cyrillic",
              SHOULD,
              BASIC,
              "Latin letters with accents, Greek and Cyrillic are mapped.",
              "Text is read as Latin-1, or only ASCII is looked at in a part of the text.",
              "Most languages need more than ASCII.",
              "àñ žę ωλ жщ "),
          text(
              "sharp-s",
              SHOULD,
              BASIC,
              "ß becomes SS where the mapping is full, else it stays.",
              "The reply is cut to the length of the message, or padded.",
              "The length of a text changes with its case.",
              "groß, größer, ßß"),
          text(
              "dotted-i",
              SHOULD,
              ROBUST,
              "i becomes I, also if the server runs with a Turkish locale.",
              "Uppercasing uses the locale of the machine.",
              "title becomes TİTLE on a Turkish computer.",
              "title i ı İ"),
          text(
              "longer",
              SHOULD,
              ROBUST,
              "Characters whose uppercase has more bytes are mapped.",
              "The reply is made in the buffer of the message, and runs over its end.",
              "A reply may be three times as long as its message.",
              "ŉ ǰ ΐ ΰ ﬁ ﬃ և ɐ"),
          text(
              "shorter",
              SHOULD,
              ROBUST,
              "Characters whose uppercase has fewer bytes are mapped.",
              "The reply has the length of the message, with old bytes at its end.",
              "Old bytes may be another client's.",
              "ı ſ ⱥ ɫ"),
          text(
              "final-sigma",
              SHOULD,
              ROBUST,
              "Both small sigmas become Σ.",
              "A table of the server's own leaves one out.",
              "Every second Greek word ends with it.",
              "σοφός ὀδυσσεύς"),
          text(
              "combining",
              SHOULD,
              ROBUST,
              "Letters with combining marks stay decomposed.",
              "Text is normalised on its way.",
              "The client compares bytes.",
              "e\u0301a\u0308n\u0303 o\u0302\u0323"),
          text(
              "beyond-bmp",
              SHOULD,
              ROBUST,
              "Letters beyond U+FFFF (Deseret, Adlam) are mapped.",
              "The text is mapped char by char, and surrogates are nobody's letters.",
              "A char of Java or C# is not a character.",
              "𐐨𐐩 𞤢𞤣"),
          text(
              "uncased",
              SHOULD,
              BASIC,
              "Texts without case, emoji among them, come back unchanged.",
              "They are decoded with the wrong character set, or replaced by question marks.",
              "They are text, too.",
              "漢字 שלום سلام 🙂👩‍👧 ٣"),
          text(
              "byte-order-mark",
              SHOULD,
              ROBUST,
              "U+FEFF at the beginning stays.",
              "The decoder takes it for a byte order mark.",
              "The client gets three bytes less than it waits for.",
              "\ufeffabc"),
          text(
              "controls",
              SHOULD,
              ROBUST,
              "Zero bytes, tabs and other controls stay.",
              "A zero byte ends the string, or white space is trimmed.",
              "Strings of C end there; texts do not.",
              "\ta\u0000b\u0001c\rd\u001be\u007f "),
          new CheckCase(
              "tcp/text/crlf",
              SHOULD,
              ROBUST,
              "Line ends stay as they are: CR LF, LF, none.",
              "Lines are read without their ends and printed with the system's own.",
              "The client counts bytes.",
              "tcp-server",
              UPPERCASE,
              Cost.requests(1),
              Cost.requests(1),
              TextCases::lineEnds),
          new CheckCase(
              "tcp/text/invalid-bytes",
              SHOULD,
              ROBUST,
              "Bytes that are not UTF-8 do not end the connection; the text around is mapped.",
              "The decoder throws, and nothing catches it.",
              "Clients send Latin-1, images and noise.",
              "tcp-server",
              UPPERCASE,
              Cost.requests(2),
              Cost.requests(2),
              TextCases::invalid),
          new CheckCase(
              "tcp/text/half-a-character-at-the-end",
              SHOULD,
              ROBUST,
              "A message that ends in the middle of a character gets a reply and a proper end.",
              "The server waits for the rest for ever, or throws.",
              "Files are cut, and clients crash.",
              "tcp-server",
              "io.upper.service.Service",
              Cost.requests(1),
              Cost.requests(1),
              TextCases::halfAtTheEnd));

  private TextCases() {}

  private static CheckCase text(
      String name,
      Requirement requirement,
      Level level,
      String sentence,
      String mistake,
      String why,
      String text) {
    return new CheckCase(
        "tcp/text/" + name,
        requirement,
        level,
        sentence,
        mistake,
        why,
        "tcp-server",
        UPPERCASE,
        Cost.bytes(Attempt.utf8(text).length + LONGEST_WORD),
        Cost.bytes(Attempt.utf8(text).length + LONGEST_WORD),
        attempt -> mapped(attempt, text));
  }

  private static void mapped(Attempt attempt, String text) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.ask(peer, text + attempt.word());
    if (Attempt.utf8(attempt.traits().reply(text)).length < Attempt.utf8(text).length) {
      // A reply that is too long has its surplus in the same segment.
      attempt.nothingMore(peer);
    }
  }

  private static void lineEnds(Attempt attempt) throws CheckFailure, NotApplicable {
    if (attempt.traits().framing().byLine()) {
      throw new NotApplicable("it reads lines: how they end is its own affair");
    }
    attempt.ask(
        attempt.connect(),
        attempt.word() + "\r\n" + attempt.word() + "\n\n" + attempt.word() + "\r\n");
  }

  private static void invalid(Attempt attempt) throws CheckFailure {
    byte[] before = Attempt.utf8(attempt.word());
    byte[] noise = {(byte) 0xff, (byte) 0xc3, '.', (byte) 0xed, (byte) 0xa0, (byte) 0x80, ' '};
    byte[] after = Attempt.utf8(attempt.message(attempt.word()));
    Peer peer = attempt.connect();
    peer.send(joined(before, noise, after));
    endIfNeeded(attempt, peer);
    byte[] first = upper(attempt, before);
    byte[] last = upper(attempt, after);
    attempt.await(() -> peer.over() || endsWith(peer.received(), last));
    // Unchanged, left out or replaced: all that counts is the text around.
    if (!startsWith(peer.received(), first) || !endsWith(peer.received(), last)) {
      peer.expect(joined(first, noise, last));
      attempt.replies(peer);
      throw new CheckFailure(
          Symptom.WRONG_BYTES, peer, "The text around the invalid bytes is not as expected.");
    }
    if (attempt.traits().framing() != Framing.END) {
      peer.expect(peer.received());
      attempt.ask(peer, attempt.word());
    }
  }

  private static void halfAtTheEnd(Attempt attempt) throws CheckFailure {
    byte[] text = Attempt.utf8(attempt.message(attempt.word()));
    Peer peer = attempt.connect();
    peer.send(joined(text, new byte[] {(byte) 0xc3}));
    peer.end();
    attempt.await(peer::over);
    byte[] wanted = upper(attempt, text);
    byte[] received = peer.received();
    peer.expect(startsWith(received, wanted) ? received : wanted);
    attempt.replies(peer);
    attempt.ends(peer);
  }

  private static byte[] upper(Attempt attempt, byte[] text) {
    return Attempt.utf8(attempt.traits().reply(new String(text, UTF_8)));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return bytes.length >= start.length
        && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
  }

  private static boolean endsWith(byte[] bytes, byte[] end) {
    return bytes.length >= end.length
        && Arrays.equals(bytes, bytes.length - end.length, bytes.length, end, 0, end.length);
  }

  private static void endIfNeeded(Attempt attempt, Peer peer) {
    if (attempt.traits().framing() == Framing.END) {
      peer.end();
    }
  }
}
