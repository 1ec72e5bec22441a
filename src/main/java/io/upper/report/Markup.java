package io.upper.report;

/** Escapes text for HTML and SVG. */
public final class Markup {

  private Markup() {}

  /**
   * Escapes text for use between tags and in quoted attributes. Control characters, which XML does
   * not allow, become {@code �}.
   */
  public static String escape(String text) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(inXml(c) ? c : 0xFFFD);
              }
            });
    return safe.toString();
  }

  /** The characters allowed in a document (Extensible Markup Language 1.0, section 2.2). */
  public static boolean inXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || c >= 0x20 && c <= 0xD7FF
        || c >= 0xE000 && c <= 0xFFFD
        || c >= 0x10000;
  }
}
