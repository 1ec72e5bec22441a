package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.report.Timeline.Request;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class TimelineTest {
  private static final String TOLD = "Client 1 waited.";
  private static final double TOLERANCE = 0.11; // Coordinates have one decimal.

  private static Timeline timeline(double end) {
    return new Timeline(
        "t", "d", "client", new Axis("time", Scale.linear(0, end), tick -> tick + " s"));
  }

  private static Request request(double sent, double started, double ended, int server) {
    return new Request(
        sent, started, started, ended, ended, server, Character.toString('A' + server), TOLD);
  }

  private static Request request(double ended, int server, String label) {
    return new Request(0, 0, 0, ended, ended, server, label, TOLD);
  }

  @Test
  void waitingEndsWhereServiceBegins() throws Exception {
    Element request = requests(timeline(10).row("1", List.of(request(2, 4, 8, 0))).svg()).get(0);
    Element waits = child(request, "rect", 0);
    Element served = child(request, "rect", 1);
    assertEquals("waits", waits.getAttribute("class"));
    assertEquals("bar s1", served.getAttribute("class"));
    assertEquals(number(served, "x"), number(waits, "x") + number(waits, "width"), TOLERANCE);
    // Twice as long, but for the gap to the next bar.
    assertEquals(2 * number(waits, "width"), number(served, "width") + 0.7, 2 * TOLERANCE);
    assertTrue(number(waits, "height") < number(served, "height"), "not by colour alone");
  }

  @Test
  void whoDidNotWaitHasNoSuchBarAndALateReplyHasALine() throws Exception {
    Request late = new Request(0, 0, 0, 5, 10, 0, "A", TOLD);
    Element request = requests(timeline(10).row("1", List.of(late)).svg()).get(0);
    assertEquals(1, request.getElementsByTagName("rect").getLength());
    assertEquals(1, request.getElementsByTagName("path").getLength());
  }

  @Test
  void rowsAreInTheirOrderAndOneBelowTheOther() throws Exception {
    List<Element> requests =
        requests(
            timeline(10)
                .row("1", List.of(request(0, 0, 5, 0), request(5, 5, 10, 1)))
                .row("2", List.of(request(0, 0, 5, 1)))
                .svg());
    Element first = child(requests.get(0), "rect", 0);
    Element next = child(requests.get(1), "rect", 0);
    Element below = child(requests.get(2), "rect", 0);
    assertEquals(number(first, "y"), number(next, "y"));
    assertTrue(number(next, "x") > number(first, "x"));
    assertTrue(number(below, "y") > number(first, "y") + number(first, "height"));
    assertEquals(number(first, "x"), number(below, "x"));
  }

  @Test
  void barTellsWhoServedInLetters() throws Exception {
    String svg = timeline(10).row("1", List.of(request(5, 0, "A"), request(5, 27, "AB"))).svg();
    assertEquals("A", child(requests(svg).get(0), "text", 0).getTextContent());
    assertEquals("AB", child(requests(svg).get(1), "text", 0).getTextContent());
    assertEquals("bar s4", child(requests(svg).get(1), "rect", 0).getAttribute("class"));
    assertFalse(svg.contains(">by<"), svg);
  }

  @Test
  void whereLettersDoNotFitTheRowTellsThem() throws Exception {
    List<Request> row = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      row.add(request(1, i, Character.toString('A' + i)));
    }
    Element svg = parse(timeline(1000).row("1", row).row("2", List.of(request(1, 1, "B"))).svg());
    List<String> texts = texts(svg);
    assertTrue(texts.contains("by"), texts::toString);
    assertTrue(texts.contains("A B +3"), texts::toString);
    assertEquals(1, texts.stream().filter("B"::equals).count(), texts::toString);
  }

  /** A screen reader reads the title; who sees reads the lines, which are below the chart. */
  @Test
  void aRequestIsReachedByTheKeyboardAndTellsItsSentence() throws Exception {
    String sentence = "Client 1 waited for 20 others. ".repeat(6).trim();
    Request told = new Request(0, 0, 0, 5, 5, 0, "A", sentence);
    Timeline timeline = timeline(10).row("1", List.of(told, request(5, 6, 7, 1)));
    assertEquals(2, timeline.stops());
    Element svg = parse(timeline.svg());
    assertEquals("group", svg.getAttribute("role"));
    Element request = requests(timeline.svg()).get(0);
    assertEquals("0", request.getAttribute("tabindex"));
    assertEquals("img", request.getAttribute("role"));
    assertEquals(sentence, child(request, "title", 0).getTextContent());
    Element lines = child(request, "text", 1);
    assertEquals("told", lines.getAttribute("class"));
    List<String> parts = all(lines, "tspan").stream().map(Element::getTextContent).toList();
    assertEquals(sentence, String.join(" ", parts));
    assertTrue(parts.stream().allMatch(part -> Svg.width(part) <= Svg.WIDTH), parts::toString);
    double height = Double.parseDouble(svg.getAttribute("viewBox").split(" ")[3]);
    double last = number(lines, "y") + (parts.size() - 1) * Svg.LINE;
    assertTrue(last < height && last > height - 2 * Svg.LINE, height + ": " + last);
    assertTrue(number(lines, "y") > number(child(request, "rect", 0), "y") + Svg.X_AXIS);
  }

  @Test
  void theFrameIsForTheEyeOnly() throws Exception {
    Element svg = parse(timeline(10).row("1", List.of(request(2, 4, 8, 0))).svg());
    Element frame = child(svg, "g", 0);
    assertEquals("true", frame.getAttribute("aria-hidden"));
    assertEquals(List.of(), requests(timeline(10).svg()));
    int inFrame = all(frame, "text").size();
    assertEquals(all(svg, "text").size(), inFrame + 2, "the letter and the sentence");
  }

  @Test
  void everyTextIsEscaped() {
    String evil = "<script>'&\"";
    String svg =
        new Timeline(evil, evil, evil, new Axis(evil, Scale.linear(0, 1), tick -> evil))
            .row(evil, List.of(new Request(0, 0, 0, 1, 1, 0, evil, evil)))
            .svg();
    assertFalse(svg.contains("<script"), svg);
  }

  private static List<Element> requests(String svg) throws Exception {
    return all(parse(svg), "g").stream()
        .filter(group -> group.getAttribute("class").equals("request"))
        .toList();
  }

  private static Element parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<String> texts(Element svg) {
    return all(svg, "text").stream().map(Element::getTextContent).toList();
  }

  private static Element child(Element element, String tag, int place) {
    return all(element, tag).get(place);
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static List<Element> all(Element root, String tag) {
    NodeList nodes = root.getElementsByTagName(tag);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      found.add((Element) nodes.item(i));
    }
    return found;
  }
}
