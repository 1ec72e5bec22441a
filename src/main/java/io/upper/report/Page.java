package io.upper.report;

import static io.upper.report.Markup.escape;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A report in one HTML file: headings, paragraphs, figures and tables in the order in which they
 * are added. It has no script and no external resource, and its content security policy forbids
 * them. All text is escaped here. An instance builds one page and is used by one thread.
 */
public final class Page {
  private static final Pattern OPTION = Pattern.compile("(?<![^ ])--[a-z][a-z-]*");

  private final String title;
  private final StringBuilder body = new StringBuilder(64 * 1024);
  private int figures;

  /** A name and its value. */
  public record Item(String name, String value) {}

  /**
   * A server in the key of a timeline.
   *
   * @param number its index, from 0, which determines its colour
   * @param label its letters; null for a remark about the others
   */
  public record Key(int number, String label, String text) {}

  /**
   * A question for the reader, with a folded answer.
   *
   * @param command the command whose output answers it
   */
  public record Question(String text, String command, String answer) {}

  public Page(String title) {
    this.title = title;
    add("<h1>", title, "</h1>");
  }

  public Page heading(String text) {
    return add("<h2>", text, "</h2>");
  }

  public Page subheading(String text) {
    return add("<h3>", text, "</h3>");
  }

  public Page paragraph(String text) {
    return add("<p>", text, "</p>");
  }

  /** A list of remarks; nothing if it is empty. */
  public Page list(List<String> items) {
    return list("", items);
  }

  /** The most important figures, in large letters. */
  public Page tiles(List<Item> items) {
    return definitions("tiles", items);
  }

  /** Names and values, a line each. */
  public Page facts(List<Item> items) {
    return definitions("facts", items);
  }

  /** Markup made elsewhere, with every text escaped ({@link Markup}). */
  public Page markup(String markup) {
    body.append(markup);
    return this;
  }

  /** Names and values in small letters at the bottom. */
  public Page foot(List<Item> items) {
    body.append("<footer>\n");
    facts(items);
    body.append("</footer>\n");
    return this;
  }

  /** Highlighted remarks; nothing if there are none. */
  public Page notes(List<String> notes) {
    return list(" class=\"notes\"", notes);
  }

  /** A list in small letters that only paper shows; nothing if it is empty. */
  public Page printed(List<String> items) {
    return list(" class=\"printed\"", items);
  }

  /** Questions with folded answers. In print the answers follow on a separate page. */
  public Page questions(List<Question> questions) {
    body.append("<ol class=\"questions\">\n");
    for (Question question : questions) {
      add("<li><p>", question.text(), "</p>");
      add("<p>Run: <code>", question.command(), "</code></p>");
      add("<details><summary>Answer</summary><p>", question.answer(), "</p></details></li>");
    }
    body.append("</ol>\n<section class=\"paper\">\n<h3>Answers</h3>\n<ol>\n");
    questions.forEach(question -> add("<li>", question.answer(), "</li>"));
    body.append("</ol>\n</section>\n");
    return this;
  }

  /** Opens the part of a group of figures that belongs to one of them. */
  public Page openPart() {
    body.append("<section>\n");
    return this;
  }

  public Page closePart() {
    body.append("</section>\n");
    return this;
  }

  /** Opens a group of figures, which are side by side on a wide screen. */
  public Page openFigures() {
    body.append("<div class=\"figures\">\n");
    return this;
  }

  public Page closeFigures() {
    body.append("</div>\n");
    return this;
  }

  /**
   * A chart with its figures in a folded table.
   *
   * @param table rows of figures, the first one the headings
   */
  public Page figure(Drawing drawing, List<List<String>> table) {
    return figure(drawing, List.of(), table);
  }

  /**
   * A chart with its key and, in a folded table, its figures.
   *
   * @param key the servers of a {@link Timeline}
   * @param table rows of figures, the first one the headings
   */
  public Page figure(Drawing drawing, List<Key> key, List<List<String>> table) {
    body.append("<figure>\n<figcaption>").append(escape(drawing.title())).append("</figcaption>\n");
    figures++;
    if (drawing.stops() > 0) {
      // For the keyboard, which would have to pass them all.
      body.append("<a class=\"skip\" href=\"#figures-").append(figures).append("\">");
      add("Skip the ", Units.plural(drawing.stops(), "bar"), "</a>");
    }
    body.append(drawing.svg());
    if (!key.isEmpty()) {
      key(key);
    }
    body.append("<details id=\"figures-").append(figures).append("\">");
    body.append("<summary>The figures</summary>\n");
    table(drawing.title(), table);
    body.append("</details>\n</figure>\n");
    return this;
  }

  /**
   * A table whose first column contains the row headings.
   *
   * @param rows the first one contains the column headings
   */
  public Page table(String caption, List<List<String>> rows) {
    return table(caption, rows, Map.of());
  }

  /**
   * A table whose row headings may be links.
   *
   * @param links the address to which a row heading links
   */
  public Page table(String caption, List<List<String>> rows, Map<String, String> links) {
    // Focusable, so that a wide table can be scrolled with the keyboard.
    body.append("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"")
        .append(escape(caption))
        .append("\">\n<table style=\"")
        .append(escape(headings(rows.get(0))))
        .append("\">\n");
    add("<caption>", caption, "</caption>");
    for (int i = 0; i < rows.size(); i++) {
      body.append(i == 0 ? "<thead><tr>" : "<tr>");
      for (int j = 0; j < rows.get(i).size(); j++) {
        String tag = i == 0 ? "th scope=\"col\"" : j == 0 ? "th scope=\"row\"" : "td";
        String cell = rows.get(i).get(j);
        boolean linked = i > 0 && j == 0 && links.containsKey(cell);
        String text =
            linked
                ? "<a href=\"" + escape(links.get(cell)) + "\">" + escape(cell) + "</a>"
                : escape(cell);
        body.append('<').append(tag).append('>').append(text);
        body.append("</").append(tag, 0, 2).append('>');
      }
      body.append(i == 0 ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
    }
    body.append("</tbody>\n</table>\n</div>\n");
    return this;
  }

  /** CSS variables; on narrow screens the style repeats the headings in each cell. */
  private static String headings(List<String> headings) {
    StringBuilder style = new StringBuilder();
    for (int i = 0; i < headings.size(); i++) {
      String text = headings.get(i).replace("\\", "\\\\").replace("\"", "\\\"");
      style.append("--h").append(i + 1).append(":\"").append(text).append("\";");
    }
    return style.toString();
  }

  /** The whole file. */
  public String html() {
    return String.format(
        Locale.ROOT,
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>%s</title>
        <style>
        %s</style>
        </head>
        <body>
        <main>
        %s</main>
        </body>
        </html>
        """,
        escape(title),
        style(),
        body);
  }

  private void key(List<Key> servers) {
    body.append("<ul class=\"key\">\n");
    for (Key server : servers) {
      body.append("<li>");
      if (server.label() != null) {
        body.append("<b class=\"").append(Timeline.colour(server.number())).append("\">");
        body.append(escape(server.label())).append("</b> ");
      }
      add("", server.text(), "</li>");
    }
    body.append("</ul>\n");
  }

  private Page list(String attributes, List<String> items) {
    if (!items.isEmpty()) {
      body.append("<ul").append(attributes).append(">\n");
      items.forEach(item -> add("<li>", item, "</li>"));
      body.append("</ul>\n");
    }
    return this;
  }

  private Page definitions(String style, List<Item> items) {
    body.append("<dl class=\"").append(style).append("\">\n");
    for (Item item : items) {
      body.append("<div>");
      add("<dt>", item.name(), "</dt>");
      add("<dd>", item.value(), "</dd>");
      body.append("</div>\n");
    }
    body.append("</dl>\n");
    return this;
  }

  private Page add(String before, String text, String after) {
    // The style prevents line breaks within options.
    String safe = OPTION.matcher(escape(text)).replaceAll("<span class=\"option\">$0</span>");
    body.append(before).append(safe).append(after).append('\n');
    return this;
  }

  private static String style() {
    try (InputStream css = Page.class.getResourceAsStream("page.css")) {
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
