package io.upper.cli;

import static io.upper.check.Reports.ran;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.check.Outcome;
import io.upper.check.Report;
import io.upper.check.Reports;
import io.upper.check.cases.Cases;
import io.upper.config.ConfigurationException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class CheckOutputsTest {
  private static final List<Report> THREE_OF_FOUR =
      List.of(
          Reports.of(
              ran("tcp/basic/order", Outcome.PASS),
              ran("tcp/basic/ascii", Outcome.PASS),
              ran("tcp/basic/empty", Outcome.PASS),
              ran("tcp/text/cut-2", Outcome.FAIL)));

  private static CheckOutputs outputs(String... options) throws Exception {
    CheckOutputs outputs = CommandLine.populateCommand(new CheckOutputs(), options);
    outputs.open(Cases.TCP).close();
    return outputs;
  }

  @Test
  void noMarkUnlessItIsAskedFor() throws Exception {
    assertEquals("", outputs().mark(THREE_OF_FOUR));
    assertEquals(1, outputs().status(1, THREE_OF_FOUR));
  }

  @ParameterizedTest
  @CsvSource({"75%, 0", "75, 0", "75.01, 1", "100%, 1", "0, 0"})
  void theMarkDecides(String min, int status) throws Exception {
    CheckOutputs outputs = outputs("--min", min);
    assertEquals("; mark 75 %", outputs.mark(THREE_OF_FOUR));
    assertEquals(status, outputs.status(1, THREE_OF_FOUR));
    assertEquals(3, outputs.status(3, THREE_OF_FOUR));
  }

  @Test
  void weightsChangeTheMarkOnly() throws Exception {
    CheckOutputs outputs = outputs("--weights", "text=0,basic=2.5");
    assertEquals("; mark 100 %", outputs.mark(THREE_OF_FOUR));
    assertEquals(1, outputs.status(1, THREE_OF_FOUR));
  }

  @ParameterizedTest
  @CsvSource({
    "--min, 101%",
    "--min, -1",
    "--min, 79.999",
    "--min, good",
    "--weights, basic",
    "--weights, basic=-1",
    "--weights, tcp=1",
    "--weights, 'basic=1,basic=2'"
  })
  void whatIsNoMarkOrWeightIsRefused(String option, String value) {
    String message =
        assertThrows(ConfigurationException.class, () -> outputs(option, value)).getMessage();
    assertEquals(option + ": ", message.substring(0, option.length() + 2));
  }
}
