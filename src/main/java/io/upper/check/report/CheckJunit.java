package io.upper.check.report;

import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Verdict;
import io.upper.net.Addresses;
import io.upper.report.Markup;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A grading as JUnit XML, which CI servers show: a suite for each group, a failure for what failed
 * or is weak. Characters that XML does not allow are written as {@code \x1b}.
 */
public final class CheckJunit {
  private final XMLStreamWriter xml;

  private CheckJunit(XMLStreamWriter xml) {
    this.xml = xml;
  }

  /**
   * The whole file, in UTF-8.
   *
   * @param reports one for each protocol
   */
  public static String of(List<Report> reports) {
    StringWriter text = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
      xml.writeStartDocument("UTF-8", "1.0");
      new CheckJunit(xml).suites(reports);
      xml.writeEndDocument();
      xml.close();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e); // Nothing is read or written outside.
    }
    return text.append('\n').toString();
  }

  private void suites(List<Report> reports) throws XMLStreamException {
    start("testsuites");
    attribute("name", "upper check");
    counts(reports.stream().flatMap(report -> report.verdicts().stream()).toList());
    for (Report report : reports) {
      Map<String, List<Verdict>> groups =
          report.verdicts().stream()
              .collect(
                  Collectors.groupingBy(
                      verdict -> verdict.check().group(), LinkedHashMap::new, Collectors.toList()));
      for (Map.Entry<String, List<Verdict>> group : groups.entrySet()) {
        suite(report, group.getKey(), group.getValue());
      }
    }
    xml.writeEndElement();
  }

  private void suite(Report report, String group, List<Verdict> verdicts)
      throws XMLStreamException {
    start("testsuite");
    attribute("name", group);
    counts(verdicts);
    start("properties");
    property("server", report.server());
    property("seed", Long.toString(report.seed()));
    xml.writeEndElement();
    for (Verdict verdict : verdicts) {
      test(report, verdict);
    }
    xml.writeEndElement();
  }

  private void counts(List<Verdict> verdicts) throws XMLStreamException {
    attribute("tests", Integer.toString(verdicts.size()));
    attribute("failures", count(verdicts, Outcome.FAIL, Outcome.WEAK));
    attribute("errors", "0");
    attribute("skipped", count(verdicts, Outcome.SKIPPED));
    attribute(
        "time",
        seconds(verdicts.stream().map(Verdict::elapsed).reduce(Duration.ZERO, Duration::plus)));
  }

  private static String count(List<Verdict> verdicts, Outcome... outcomes) {
    List<Outcome> counted = List.of(outcomes);
    return Long.toString(
        verdicts.stream().filter(verdict -> counted.contains(verdict.outcome())).count());
  }

  private void test(Report report, Verdict verdict) throws XMLStreamException {
    start("testcase");
    // Package and class, for what shows them as a tree.
    attribute("classname", verdict.check().group().replace('/', '.'));
    attribute("name", verdict.check().id());
    attribute("time", seconds(verdict.elapsed()));
    switch (verdict.outcome()) {
      case FAIL, WEAK -> {
        start("failure");
        attribute("type", verdict.outcome().word());
        attribute("message", verdict.reason());
        xml.writeCharacters(evidence(report, verdict));
        xml.writeEndElement();
      }
      case SKIPPED -> {
        start("skipped");
        attribute("message", verdict.reason());
        xml.writeEndElement();
      }
      case PASS -> {
        if (verdict.flaky()) {
          start("system-out");
          xml.writeCharacters(evidence(report, verdict));
          xml.writeEndElement();
        }
      }
    }
    xml.writeEndElement();
  }

  private static String evidence(Report report, Verdict verdict) {
    String host = Addresses.host(report.address());
    List<String> lines = CheckText.evidence(verdict, host, Addresses.port(report.address()));
    return visible(CheckText.line(verdict) + "\n" + String.join("\n", lines) + "\n");
  }

  private void start(String name) throws XMLStreamException {
    xml.writeCharacters("\n");
    xml.writeStartElement(name);
  }

  private void property(String name, String value) throws XMLStreamException {
    start("property");
    attribute("name", name);
    attribute("value", value);
    xml.writeEndElement();
  }

  private void attribute(String name, String value) throws XMLStreamException {
    xml.writeAttribute(name, visible(value));
  }

  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            character -> {
              if (Markup.inXml(character)) {
                visible.appendCodePoint(character);
              } else {
                String format = character < 0x100 ? "\\x%02x" : "\\u%04x";
                visible.append(String.format(Locale.ROOT, format, character));
              }
            });
    return visible.toString();
  }

  private static String seconds(Duration time) {
    return BigDecimal.valueOf(time.toMillis(), 3).toPlainString();
  }
}
