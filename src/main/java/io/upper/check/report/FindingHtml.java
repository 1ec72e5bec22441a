package io.upper.check.report;

import static io.upper.report.Markup.escape;

import io.upper.check.Observation;
import io.upper.check.Outcome;
import io.upper.check.Verdict;
import io.upper.net.Addresses;
import java.net.SocketAddress;
import java.util.List;

/** The evidence of a case that did not pass, unfolded. */
final class FindingHtml {

  private FindingHtml() {}

  static String of(Verdict verdict, SocketAddress address) {
    StringBuilder html = new StringBuilder("<details open class=\"finding ");
    html.append(verdict.outcome().word()).append("\" id=\"").append(escape(verdict.check().id()));
    html.append("\">\n<summary>").append(word(verdict)).append(' ');
    html.append("<b>").append(escape(verdict.check().id())).append("</b> ");
    html.append(escape(CheckText.sentence(verdict))).append("</summary>\n<dl>\n");
    if (!verdict.reason().isEmpty()) {
      add(html, verdict.flaky() ? "seen at the first try" : "seen", escape(verdict.reason()));
    }
    if (!verdict.clients().isEmpty()) {
      Observation seen = verdict.clients().get(0);
      if (!seen.asExpected()) {
        add(html, "expected and received", pre(HexWindow.lines(seen, "")));
      }
      add(html, "on the connection", pre(TranscriptText.lines(seen, "")));
    }
    if (verdict.symptom() != null) {
      String mechanism = Mechanism.of(verdict);
      if (!mechanism.isEmpty()) {
        add(html, "because", escape(mechanism));
      }
      add(html, "usually", escape(verdict.check().mistake()));
    }
    if (!verdict.clients().isEmpty()) {
      String line = ByHand.of(verdict, Addresses.host(address), Addresses.port(address));
      add(html, "by hand", "<pre class=\"command\">" + escape(line) + "</pre>");
    }
    if (!verdict.lastLines().isEmpty()) {
      add(html, "printed by the server", pre(CheckText.printed(verdict)));
    }
    return html.append("</dl>\n</details>\n").toString();
  }

  /** How a case ended, as a word with a sign. */
  static String word(Verdict verdict) {
    Outcome outcome = verdict.outcome();
    String sign =
        switch (outcome) {
          case PASS -> "✓ ";
          case FAIL -> "✗ ";
          case WEAK -> "! ";
          case SKIPPED -> "– ";
        };
    String word = outcome.word();
    return "<b class=\"verdict "
        + word
        + "\"><span aria-hidden=\"true\">"
        + sign
        + "</span>"
        + word
        + "</b>";
  }

  private static void add(StringBuilder html, String name, String value) {
    html.append("<dt>").append(name).append("</dt><dd>").append(value).append("</dd>\n");
  }

  private static String pre(List<String> lines) {
    return "<pre tabindex=\"0\">" + escape(String.join("\n", lines)) + "</pre>";
  }
}
