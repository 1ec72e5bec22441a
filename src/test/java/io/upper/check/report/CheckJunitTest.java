package io.upper.check.report;

import static io.upper.check.Reports.ran;
import static io.upper.check.Reports.skipped;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Reports;
import io.upper.check.Verdict;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The structure that Jenkins, GitLab and GitHub's actions read. */
class CheckJunitTest {
  private static Element parse(Report... reports) throws Exception {
    String xml = CheckJunit.of(List.of(reports));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)))
        .getDocumentElement();
  }

  private static List<Element> all(Element parent, String name) {
    NodeList nodes = parent.getElementsByTagName(name);
    return IntStream.range(0, nodes.getLength()).mapToObj(i -> (Element) nodes.item(i)).toList();
  }

  private static List<String> attributes(Element element, String... names) {
    return List.of(names).stream().map(element::getAttribute).toList();
  }

  @Test
  void aSuiteForEachGroupAndATestForEachCase() throws Exception {
    Element root =
        parse(
            Reports.of(
                ran("tcp/basic/order", Outcome.PASS),
                ran("tcp/basic/ascii", Outcome.FAIL),
                skipped("tcp/many/cross-talk", false)),
            Reports.of(ran("udp/size/9000", Outcome.WEAK)));
    String[] counts = {"tests", "failures", "errors", "skipped", "time"};
    assertEquals("testsuites", root.getTagName());
    assertEquals(List.of("4", "2", "0", "1", "1.000"), attributes(root, counts));
    List<Element> suites = all(root, "testsuite");
    assertEquals(
        List.of("tcp/basic", "tcp/many", "udp/size"),
        suites.stream().map(suite -> suite.getAttribute("name")).toList());
    assertEquals(List.of("2", "1", "0", "0", "0.500"), attributes(suites.get(0), counts));
    assertEquals(2, all(suites.get(0), "testcase").size());
    assertEquals(
        List.of("tcp.basic", "tcp/basic/order", "0.250"),
        attributes(all(root, "testcase").get(0), "classname", "name", "time"));
  }

  @Test
  void failuresHaveEvidenceAndSkippedCasesTheirReason() throws Exception {
    Element root =
        parse(
            Reports.of(
                ran("tcp/basic/order", Outcome.PASS),
                ran("tcp/basic/ascii", Outcome.FAIL),
                ran("tcp/pressure/memory", Outcome.WEAK),
                skipped("tcp/many/cross-talk", true)));
    List<Element> failures = all(root, "failure");
    assertEquals(List.of("fail", "Nothing came."), attributes(failures.get(0), "type", "message"));
    assertEquals("weak", failures.get(1).getAttribute("type"));
    assertTrue(
        failures.get(0).getTextContent().contains("usually"), failures.get(0)::getTextContent);
    assertEquals("it ended", all(root, "skipped").get(0).getAttribute("message"));
    assertEquals(0, all(root, "testcase").get(0).getElementsByTagName("*").getLength());
  }

  @Test
  void charactersThatXmlForbidsAreShown() throws Exception {
    Verdict verdict = ran("tcp/basic/ascii", Outcome.FAIL);
    Verdict hostile =
        new Verdict(
            verdict.check(),
            verdict.outcome(),
            true,
            false,
            false,
            verdict.elapsed(),
            "\u0000 \u001b[1m <&\"]]> \ud800 \uffff \ud83d\ude00",
            verdict.symptom(),
            List.of(),
            List.of());
    Element failure = all(parse(Reports.of(hostile)), "failure").get(0);
    String shown = "\\x00 \\x1b[1m <&\"]]> \\ud800 \\uffff \ud83d\ude00";
    assertEquals(shown, failure.getAttribute("message"));
    assertTrue(failure.getTextContent().contains(shown), failure::getTextContent);
  }
}
