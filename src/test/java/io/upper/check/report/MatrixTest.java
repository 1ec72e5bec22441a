package io.upper.check.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.Outcome;
import io.upper.check.Reports;
import io.upper.check.Verdict;
import io.upper.check.report.Matrix.Column;
import io.upper.report.Provenance;
import java.io.StringReader;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class MatrixTest {
  private static final String START = "tcp/serves/at-start";
  private static final String ORDER = "tcp/basic/order";
  private static final String CUT = "tcp/text/cut-2";

  private static final Column RIGHT =
      column("right", pass(START), pass(ORDER), Reports.ran(CUT, Outcome.WEAK));
  private static final Column WRONG =
      column("wrong", pass(START), Reports.ran(ORDER, Outcome.FAIL), Reports.skipped(CUT, false));
  private static final Column SILENT = column("silent", Reports.ran(START, Outcome.FAIL));
  private static final Column ABSENT = new Column("absent", null, "there is no such <program>");

  private static Verdict pass(String id) {
    return Reports.ran(id, Outcome.PASS);
  }

  private static Column column(String name, Verdict... verdicts) {
    return new Column(name, Reports.of(verdicts), "");
  }

  private static String text(boolean all, Column... columns) {
    return String.join("\n", MatrixText.lines(List.of(new Matrix("tcp", List.of(columns))), all));
  }

  @Test
  void aSignForEachVerdictAndItsMeaning() {
    assertEquals(
        """
        case             right  wrong  absent
        tcp/basic/order      .      F       x
        tcp/text/cut-2       W      -       x
        1 more case over tcp: all that were started pass
        absent was not started: there is no such <program>

        . pass   F fail   W weak   - skipped   x not started""",
        text(false, RIGHT, WRONG, ABSENT));
  }

  @Test
  void onRequestARowForWhatAllPass() {
    String text = text(true, RIGHT, WRONG);
    assertTrue(text.contains("\ntcp/serves/at-start      .      .\n"), text);
    assertFalse(text.contains("more case"), text);
  }

  /** The other cases count as skipped. */
  @Test
  void aGradingMayEndAtItsFirstCase() {
    String text = text(false, SILENT, RIGHT);
    assertTrue(text.contains("\ntcp/serves/at-start       F      .\n"), text);
    assertTrue(text.contains("\ntcp/text/cut-2            -      W\n"), text);
  }

  @Test
  void manyServersHaveNumbersAndALegend() {
    Column[] many =
        IntStream.rangeClosed(1, 10)
            .mapToObj(i -> column("a-server-" + i, Reports.ran(START, Outcome.FAIL)))
            .toArray(Column[]::new);
    List<String> lines = text(false, many).lines().toList();
    assertEquals("case                 1  2  3  4  5  6  7  8  9  10", lines.get(0));
    assertEquals("  1 a-server-1", lines.get(2));
    assertEquals(" 10 a-server-10", lines.get(11));
  }

  @Test
  void theFileHasAllCellsAndTheReasons() throws Exception {
    List<Matrix> matrices =
        List.of(
            new Matrix("tcp", List.of(RIGHT, WRONG, SILENT, ABSENT)), new Matrix("udp", List.of()));
    String html = MatrixHtml.of(matrices, Provenance.of(List.of("check", "--matrix", "x")));
    // Its tables are well-formed XML.
    String table = html.substring(html.indexOf("<table"), html.indexOf("</table>") + 8);
    Document parsed =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(table)));
    assertEquals(List.of("case", "right", "wrong", "silent", "absent"), texts(parsed, 0));
    assertEquals(List.of("tcp/serves", ""), texts(parsed, 1));
    assertEquals(List.of("tcp/basic", ""), texts(parsed, 3));
    assertEquals(List.of("order", "pass", "fail", "skipped", "not started"), texts(parsed, 4));
    assertEquals(7, parsed.getElementsByTagName("tr").getLength());
    assertTrue(html.contains("there is no such &lt;program&gt;"), html);
    assertTrue(html.contains("fail tcp/basic/order: Nothing came."), html);
  }

  private static List<String> texts(Document table, int row) {
    Element line = (Element) table.getElementsByTagName("tr").item(row);
    NodeList cells = line.getChildNodes();
    return IntStream.range(0, cells.getLength())
        .mapToObj(i -> cells.item(i).getTextContent())
        .toList();
  }
}
