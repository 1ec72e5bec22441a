package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final String EVIL = "<script>alert('&')</script>";

  @Test
  void everyTextIsEscaped() {
    String html =
        new Page(EVIL)
            .heading(EVIL)
            .subheading(EVIL)
            .paragraph(EVIL)
            .list(List.of(EVIL))
            .notes(List.of(EVIL))
            .tiles(List.of(new Page.Item(EVIL, EVIL)))
            .table(EVIL, List.of(List.of(EVIL, EVIL), List.of(EVIL, EVIL)))
            .figure(
                new Bars("t", "d"),
                List.of(new Page.Key(0, EVIL, EVIL)),
                List.of(List.of(""), List.of("")))
            .questions(List.of(new Page.Question(EVIL, EVIL, EVIL)))
            .foot(List.of(new Page.Item(EVIL, EVIL)))
            .html();
    assertFalse(html.contains("<script"), html);
    // The title twice, headings (2), paragraph, list, note, tile and foot (2 each), table
    // (1 + 1 + 2 + 4), key (2), question, command and the answer, which is there for paper, too.
    assertEquals(25, html.split("&lt;script&gt;", -1).length - 1);
  }

  @Test
  void asksNobodyForAnything() {
    String html = new Page("t").html();
    assertTrue(html.contains("default-src 'none'"), html);
    assertFalse(html.matches("(?s).*(https?:|src=|href=|@import|url\\().*"), html);
  }

  @Test
  void tableHasHeadingsForScreenReaders() {
    String html =
        new Page("t").table("c", List.of(List.of("", "p50"), List.of("reply", "1 ms"))).html();
    assertTrue(html.contains("<caption>c</caption>"), html);
    assertTrue(html.contains("<th scope=\"col\">p50</th>"), html);
    assertTrue(html.contains("<th scope=\"row\">reply</th><td>1 ms</td>"), html);
  }

  @Test
  void theBarsOfAPictureCanBeSkipped() {
    Timeline timeline =
        new Timeline("t", "d", "client", new Axis("time", Scale.linear(0, 1), tick -> ""))
            .row("1", List.of(new Timeline.Request(0, 0, 0, 1, 1, 0, "A", "told")));
    List<List<String>> table = List.of(List.of("a"));
    String html = new Page("t").figure(new Bars("t", "d"), table).figure(timeline, table).html();
    assertEquals(
        List.of("<a class=\"skip\" href=\"#figures-2\">Skip the 1 bar</a>"),
        html.lines().filter(line -> line.contains("class=\"skip\"")).toList());
    assertTrue(html.contains("<details id=\"figures-2\"><summary>The figures"), html);
  }

  @Test
  void answerIsFoldedOnAScreenAndFollowsOnPaper() {
    String html = new Page("t").questions(List.of(new Page.Question("Q?", "cmd", "Yes."))).html();
    assertTrue(html.contains("<details><summary>Answer</summary><p>Yes.</p></details>"), html);
    String paper = html.substring(html.indexOf("<section class=\"paper\">"));
    assertTrue(paper.contains("<li>Yes.</li>"), paper);
  }
}
