package io.upper.check.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.Outcome;
import io.upper.check.Reports;
import io.upper.check.Verdict;
import io.upper.check.cases.Cases;
import io.upper.check.report.Matrix.Column;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MatrixMarkdownTest {
  private static final String START = "tcp/serves/at-start";
  private static final String ORDER = "tcp/basic/order";
  private static final String ONE = "tcp/basic/one-message";
  private static final String CUT = "tcp/text/cut-2";

  private static Column column(String name, Verdict... verdicts) {
    return new Column(name, Reports.of(verdicts), "");
  }

  private static Verdict pass(String id) {
    return Reports.ran(id, Outcome.PASS);
  }

  /** It failed, and then passed. */
  private static Verdict flaky(String id) {
    return new Verdict(
        pass(id).check(),
        Outcome.PASS,
        true,
        false,
        true,
        Duration.ofSeconds(1),
        "Nothing came.",
        null,
        List.of(),
        List.of());
  }

  private static String of(Column... columns) {
    return MatrixMarkdown.of(List.of(new Matrix("tcp", List.of(columns))));
  }

  @Test
  void groupsAreHeadingsAndWhatAllPassIsCounted() {
    Column right = column("right", pass(START), pass(ONE), pass(ORDER), pass(CUT));
    Column wrong =
        column(
            "wrong",
            pass(START),
            Reports.ran(ONE, Outcome.FAIL),
            Reports.skipped(ORDER, false),
            Reports.ran(CUT, Outcome.WEAK));
    assertEquals(
        """
        Over TCP, 2 servers: 1 case passed everywhere; here are the 3 others.

        | case | right | wrong |
        | --- | :-: | :-: |
        | **tcp/basic** |  |  |
        | `one-message` | . | **F** |
        | `order` | . | - |
        | **tcp/text** |  |  |
        | `cut-2` | . | **W** |

        - Skipped: not of this kind: wrong.

        Signs: . pass, **F** fail, **W** weak, - skipped.
        """,
        of(right, wrong));
  }

  /** That is the busy machine's doing. */
  @Test
  void whatPassedAtTheSecondTryHasPassed() {
    assertEquals(
        "Over TCP, 1 server (right): 2 cases, all passed.\n\nSigns: . pass.\n",
        of(column("right", pass(START), flaky(ONE))));
  }

  @Test
  void serversThatDoTheSameShareAColumn() {
    Column[] columns = {
      column("one", pass(START), pass(ONE)),
      column("two", pass(START), Reports.ran(ONE, Outcome.FAIL)),
      column("three", pass(START), pass(ONE))
    };
    assertTrue(of(columns).contains("| case | one<br>three | two |\n"), of(columns));
    assertTrue(of(columns).contains("| `one-message` | . | **F** |\n"), of(columns));
  }

  /** Whatever was found. */
  @Test
  void whatVariesHasASignAndAReason() {
    String idle = "tcp/many/200-idle";
    String table =
        of(
            column("tcp-prefork", pass(START), pass(idle)),
            column("wrong", pass(START), Reports.ran(idle, Outcome.WEAK)));
    assertTrue(table.contains("| `200-idle` | ~ | **W** |\n"), table);
    assertTrue(table.contains("\n- Varies, since how many clients it serves at once "), table);
    assertTrue(table.endsWith("Signs: . pass, **W** weak, ~ varies.\n"), table);
  }

  @Test
  void whatOnlyVariesHasNoRow() {
    assertEquals(
        """
        Over TCP, 1 server (right): 2 cases, all passed, apart from what varies.

        - Varies, since it runs only where a request takes 100 ms: all, `tcp/life/answers-in-flight`.

        Signs: . pass.
        """,
        of(column("right", pass(START), Reports.skipped("tcp/life/answers-in-flight", false))));
  }

  /** A rule whose server or case is gone would stay for ever. */
  @Test
  void everyRuleHasACase() {
    Varying.RULES.forEach(
        rule ->
            assertTrue(
                Cases.ALL.stream().anyMatch(check -> rule.ids().matcher(check.id()).matches()),
                rule::toString));
  }
}
