package io.upper.check.report;

import static io.upper.check.Reports.ran;
import static io.upper.check.Reports.skipped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.Marks;
import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Reports;
import io.upper.report.Provenance;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CheckHtmlTest {
  private static final List<Report> REPORTS =
      List.of(
          Reports.of(
              ran("tcp/basic/order", Outcome.PASS),
              ran("tcp/basic/ascii", Outcome.FAIL),
              skipped("tcp/many/cross-talk", false)),
          Reports.of(ran("udp/size/9000", Outcome.WEAK)));

  private static String page(List<Report> reports, Optional<Marks> marks) {
    return CheckHtml.page(reports, marks, Provenance.of(List.of("check")));
  }

  private static Set<String> all(String pattern, String html) {
    return Pattern.compile(pattern)
        .matcher(html)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everyCaseHasItsRow() {
    String html = page(REPORTS, Optional.empty());
    assertTrue(html.contains("<th scope=\"row\">tcp/basic/order</th>"), html);
    assertTrue(html.contains(">not of this kind</td>"), html);
    assertEquals(4, html.split("<th scope=\"row\">", -1).length - 1);
    assertEquals(
        Set.of("tcp/basic", "tcp/many", "udp/size"), all("scope=\"rowgroup\"[^>]*>([^<]*)<", html));
  }

  @Test
  void whatDidNotPassIsUnfoldedAndLinked() {
    String html = page(REPORTS, Optional.empty());
    Set<String> findings = all("<details open class=\"finding [a-z]+\" id=\"([^\"]*)\"", html);
    assertEquals(Set.of("tcp/basic/ascii", "udp/size/9000"), findings);
    assertEquals(findings, all("href=\"#([^\"]*)\"", html));
    assertTrue(html.contains("<dt>seen</dt><dd>Nothing came.</dd>"), html);
  }

  @Test
  void theMarkIsThereIfItWasAskedFor() {
    assertFalse(page(REPORTS, Optional.empty()).contains("33.33 %"));
    String html = page(REPORTS, Optional.of(Marks.of(REPORTS, Map.of())));
    assertTrue(html.contains("<dt>mark</dt>\n<dd>33.33 %</dd>"), html);
    assertTrue(html.contains("<th scope=\"row\">size</th><td>0</td><td>1</td>"), html);
  }

  @Test
  void aHostileServerNameIsText() {
    Report report = REPORTS.get(0);
    Report hostile =
        new Report(
            "<script>'\u0000",
            report.address(),
            report.seed(),
            null,
            report.verdicts(),
            report.elapsed(),
            null,
            "</p><img src=x>");
    String html = page(List.of(hostile), Optional.empty());
    assertFalse(html.contains("<script") || html.contains("<img") || html.contains("\u0000"), html);
  }
}
