package io.upper.chart;

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
            .paragraph(EVIL)
            .notes(List.of(EVIL))
            .tiles(List.of(new Page.Item(EVIL, EVIL)))
            .table(EVIL, List.of(List.of(EVIL, EVIL), List.of(EVIL, EVIL)))
            .foot(List.of(new Page.Item(EVIL, EVIL)))
            .html();
    assertFalse(html.contains("<script"), html);
    // The title twice, the heading, paragraph, note, tile and foot (2 each), table (1 + 1 + 4).
    assertEquals(15, html.split("&lt;script&gt;", -1).length - 1);
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
}
