package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.report.Plot.Point;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PlotTest {
  private static Plot plot(String title) {
    return new Plot(
        title,
        "Seen & told",
        new Axis("time", Scale.linear(0, 10), tick -> Long.toString(Math.round(tick))),
        new Axis("count", Scale.counts(100), tick -> Long.toString(Math.round(tick))));
  }

  @Test
  void isWellFormedAndTellsWhatItShows() throws Exception {
    Element svg = parse(plot("<b> & \"c\"").line("one", List.of(new Point(1, 2))).svg());
    assertEquals("img", svg.getAttribute("role"));
    assertEquals("<b> & \"c\"", all(svg, "title", e -> true).get(0).getTextContent());
    assertEquals("Seen & told", all(svg, "desc", e -> true).get(0).getTextContent());
  }

  @Test
  void lineGoesThroughItsPointsAndBreaksAtGaps() throws Exception {
    Element svg =
        parse(
            plot("t")
                .line(
                    "one",
                    List.of(
                        new Point(0, 0),
                        new Point(5, 100),
                        new Point(6, Double.NaN),
                        new Point(10, 50)))
                .svg());
    String path = lines(svg).get(0).getAttribute("d");
    assertTrue(path.matches("M(\\S+) (\\S+)h0L\\S+ \\S+M\\S+ \\S+h0"), path);
    String[] numbers = path.split("[^0-9.]+(0[ML])?");
    double x0 = Double.parseDouble(numbers[1]);
    double y0 = Double.parseDouble(numbers[2]);
    double x5 = Double.parseDouble(numbers[3]);
    double y100 = Double.parseDouble(numbers[4]);
    assertTrue(x5 > x0, "time goes to the right");
    assertTrue(y100 < y0, "more is higher");
    assertEquals(3, all(svg, "path", e -> e.getAttribute("class").startsWith("mark")).size());
  }

  @Test
  void severalSeriesHaveALegendAndDifferInMarker() throws Exception {
    List<Point> points = List.of(new Point(1, 2));
    Element svg = parse(plot("t").line("one", points).line("two", points).svg());
    assertEquals(1, texts(svg).stream().filter("one"::equals).count());
    assertEquals(1, texts(svg).stream().filter("two"::equals).count());
    assertEquals(4, lines(svg).size(), "two samples, two lines");
    List<String> shapes =
        all(svg, "path", e -> e.getAttribute("class").startsWith("mark")).stream()
            .map(e -> e.getAttribute("d").replaceFirst("M\\S+ [0-9.]+", ""))
            .distinct()
            .toList();
    assertEquals(2, shapes.size(), shapes::toString);
  }

  @Test
  void barsStandOnTheAxisAndNothingIsNoBar() throws Exception {
    Element svg =
        parse(
            plot("t")
                .bars("b", List.of(new Point(1.5, 50), new Point(2.5, 0), new Point(3.5, 100)))
                .svg());
    List<Element> bars = all(svg, "rect", e -> true);
    assertEquals(2, bars.size());
    assertEquals(number(bars.get(1), "height"), 2 * number(bars.get(0), "height"), 0.11);
    assertEquals(
        number(bars.get(0), "y") + number(bars.get(0), "height"),
        number(bars.get(1), "y") + number(bars.get(1), "height"),
        0.11);
  }

  @Test
  void labelsThatWouldOverlapAreLeftOut() throws Exception {
    Axis wide = new Axis("x", Scale.linear(0, 10), tick -> "a label as long as this one " + tick);
    Axis y = new Axis("y", Scale.counts(1), tick -> "y");
    Element svg = parse(new Plot("t", "d", wide, y).line("l", List.of(new Point(1, 1))).svg());
    long labels = texts(svg).stream().filter(text -> text.startsWith("a label")).count();
    assertEquals(1, labels);
  }

  private static Element parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)))
        .getDocumentElement();
  }

  private static List<Element> lines(Element svg) {
    return all(svg, "path", e -> e.getAttribute("class").startsWith("line"));
  }

  private static List<String> texts(Element svg) {
    return all(svg, "text", e -> true).stream().map(Element::getTextContent).toList();
  }

  private static double number(Element element, String attribute) {
    return Double.parseDouble(element.getAttribute(attribute));
  }

  private static List<Element> all(Element root, String tag, Predicate<Element> which) {
    NodeList nodes = root.getElementsByTagName(tag);
    List<Element> found = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (which.test((Element) nodes.item(i))) {
        found.add((Element) nodes.item(i));
      }
    }
    return found;
  }
}
