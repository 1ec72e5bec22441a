package io.upper.check.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.Mapping;
import io.upper.check.Observation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What wrong bytes say about the server: the usual mistakes leave their traces. */
final class WrongBytes {
  private static final byte[] REPLACEMENT = "\ufffd".getBytes(UTF_8);
  private static final byte[] DOTTED_CAPITAL_I = "\u0130".getBytes(UTF_8);

  // Fewer bytes that are expected elsewhere may be chance.
  private static final int TELLING = 3;

  private final byte[] received;
  private final int at;
  private final byte[] got;
  private final byte[] wanted;
  // The same from the beginning of the expected character, whose first bytes may be right.
  private final byte[] gotCharacter;
  private final byte[] wantedCharacter;

  private WrongBytes(Observation seen) {
    received = seen.received();
    at = seen.difference() - seen.windowStart();
    got = from(received, at);
    wanted = from(seen.expected(), at);
    int start = Math.min(at, seen.expected().length);
    while (start > 0 && start < seen.expected().length && isContinued(seen.expected()[start])) {
      start--;
    }
    gotCharacter = from(received, start);
    wantedCharacter = from(seen.expected(), start);
  }

  /** Whether a byte is of a character in UTF-8, and not its first one. */
  private static boolean isContinued(byte each) {
    return (each & 0xc0) == 0x80;
  }

  /** Explains bytes that differ from the expected ones. */
  static String of(Observation seen, List<Observation> others) {
    return new WrongBytes(seen).explained(others);
  }

  /** Explains bytes that came after everything expected. */
  static String extra(Observation seen) {
    WrongBytes bytes = new WrongBytes(seen);
    if (bytes.addsLineEnd()) {
      return "The server adds a line end: println in place of print.";
    }
    if (bytes.got.length > 0 && bytes.got[0] == 0) {
      return zeros();
    }
    return seen.expectedCount() == 0
        ? "The server speaks first: a greeting or a prompt."
        : "The server sends more than it has received: a line end, an old part of its buffer, or a"
            + " reply twice.";
  }

  private String explained(List<Observation> others) {
    for (Observation other : others) {
      if (got.length >= TELLING && startsWith(other.expected(), got, TELLING)) {
        return "These are bytes of the reply that the client at port "
            + other.port()
            + " waits for: something is shared by the two connections.";
      }
    }
    if (replaced()) {
      return "U+FFFD (EF BF BD) is what a decoder makes of bytes that are no character to it: half a"
          + " character, if each read is decoded alone (keep the bytes of an unfinished one until the"
          + " others arrive), or one that its character set does not have.";
    }
    if (startsWith(got, "?".getBytes(UTF_8)) && wanted.length > 0 && wanted[0] < 0) {
      return "A question mark is what an encoder makes of a character that its character set does"
          + " not have.";
    }
    if (got.length > 0 && got[0] == 0) {
      return zeros();
    }
    if (addsLineEnd()) {
      return "The server adds a line end to what it sends: println in place of print, or \\r\\n in"
          + " place of the line end that came.";
    }
    if (startsWith(wanted, "I".getBytes(UTF_8)) && startsWith(got, DOTTED_CAPITAL_I)) {
      return "\u0130 is the capital of i in Turkish: the mapping depends on the user's language. Map"
          + " without a locale (in Java with Locale.ROOT).";
    }
    if (isLatin1()) {
      return "One byte came for a character that has two in UTF-8: the reply is encoded in Latin-1"
          + " (ISO 8859-1) or a code page of Windows.";
    }
    if (isDecodedAsLatin1()) {
      return "Two characters came for one: its two bytes of UTF-8 were decoded as Latin-1 (ISO"
          + " 8859-1), a character each.";
    }
    return ofOrder();
  }

  private String ofOrder() {
    boolean expectedLater = containsLater(wanted, got);
    if (expectedLater && containsLater(got, wanted)) {
      return "What is expected later came first, and this after it: a reply has overtaken another"
          + " one. Do the work of a connection in the order in which it comes.";
    }
    if (expectedLater) {
      return "From here on what is expected later came: bytes between are missing. A write may take"
          + " only a part, and a buffer that is filled again loses what was not sent.";
    }
    return isUnmapped()
        ? "The character came back as it was sent: it is not mapped."
        : "From this byte on the reply is another one.";
  }

  private static String zeros() {
    return "A byte 0 is of a part of the buffer that was never filled: send as many bytes as were"
        + " read, not the whole buffer.";
  }

  /** Whether what comes after a line end is what was expected in its place. */
  private boolean addsLineEnd() {
    int length = startsWith(got, "\r\n".getBytes(UTF_8)) ? 2 : 1;
    boolean isLineEnd = length == 2 || startsWith(got, "\n".getBytes(UTF_8));
    if (!isLineEnd) {
      return false;
    }
    byte[] rest = from(got, length);
    int common = 0;
    // After the next one that is added nothing agrees.
    while (common < Math.min(rest.length, wanted.length) && "\r\n".indexOf(rest[common]) < 0) {
      common++;
    }
    boolean inPlace = wanted.length > 0 && wanted[0] == '\n';
    return inPlace || Arrays.equals(rest, 0, common, wanted, 0, common);
  }

  /** Whether the byte that differs belongs to U+FFFD, of which the first may be right by chance. */
  private boolean replaced() {
    for (int start = Math.max(0, at - 2); start <= at; start++) {
      if (startsWith(from(received, start), REPLACEMENT)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a character of two bytes is expected, and came as its number, up to U+00FF. */
  private boolean isLatin1() {
    String first = firstCharacter(wanted);
    if (first.length() != 1 || first.charAt(0) < 0x80 || first.charAt(0) > 0xff) {
      return false;
    }
    return got.length > 0
        && (got[0] & 0xff) == first.charAt(0)
        && (got.length == 1 || !isContinued(got[1]));
  }

  /** Whether the first byte of the expected character came as a character of its own. */
  private boolean isDecodedAsLatin1() {
    if (wantedCharacter.length == 0 || wantedCharacter[0] >= 0 || gotCharacter.length < 3) {
      return false;
    }
    byte[] first = new String(wantedCharacter, 0, 1, ISO_8859_1).getBytes(UTF_8);
    // The second one is U+0080 to U+00BF, or its capital.
    boolean follows = gotCharacter[2] == (byte) 0xc2 || gotCharacter[2] == (byte) 0xc3;
    return startsWith(gotCharacter, first) && follows;
  }

  private boolean isUnmapped() {
    String first = firstCharacter(gotCharacter);
    return !first.isEmpty()
        && !first.equals(firstCharacter(wantedCharacter))
        && new String(wantedCharacter, UTF_8).startsWith(Mapping.FULL.upper(first))
        && first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static String firstCharacter(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    return text.isEmpty() ? "" : text.substring(0, text.offsetByCodePoints(0, 1));
  }

  /** Whether the beginning of one is in the other, but not at its beginning. */
  private static boolean containsLater(byte[] all, byte[] part) {
    if (part.length < TELLING) {
      return false;
    }
    for (int start = 1; start + TELLING <= all.length; start++) {
      if (startsWith(from(all, start), part, TELLING)) {
        return true;
      }
    }
    return false;
  }

  private static byte[] from(byte[] bytes, int start) {
    return start < 0 || start >= bytes.length
        ? new byte[0]
        : Arrays.copyOfRange(bytes, start, bytes.length);
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    return startsWith(bytes, start, start.length);
  }

  private static boolean startsWith(byte[] bytes, byte[] start, int count) {
    return bytes.length >= count && Arrays.equals(bytes, 0, count, start, 0, count);
  }
}
