package io.upper.cert;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text between two encapsulation boundaries (RFC 7468); no {@code body} if the second is
 * missing.
 */
record PemBlock(String label, Optional<String> body) {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([^-\r\n]+)-----");

  /** The blocks of a text in order; other text is skipped. */
  static List<PemBlock> parse(String text) {
    List<PemBlock> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    for (int from = 0; begin.find(from); ) {
      String label = begin.group(1).strip();
      String endLine = "-----END " + begin.group(1) + "-----";
      int end = text.indexOf(endLine, begin.end());
      int next = text.indexOf("-----BEGIN ", begin.end());
      boolean whole = end >= 0 && (next < 0 || end < next);
      blocks.add(
          new PemBlock(
              label, whole ? Optional.of(text.substring(begin.end(), end)) : Optional.empty()));
      from = whole ? end + endLine.length() : begin.end();
    }
    return blocks;
  }

  boolean isKey() {
    return label.endsWith("PRIVATE KEY");
  }

  boolean isTrusted() {
    return label.equals("TRUSTED CERTIFICATE");
  }

  boolean isCertificate() {
    return label.equals("CERTIFICATE") || label.equals("X509 CERTIFICATE");
  }
}
