package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/**
 * What stress and lab refuse before they do anything: each line names the option and its bounds.
 */
@Timeout(180)
class LoadOptionsTest {
  private static final int BAD_USAGE = 2;

  private final List<String> messages = new ArrayList<>();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcp 0                                  | CLIENTS: 0 is not in 1..100000
          tcp 2000000000                         | CLIENTS: 2000000000 is not in 1..100000
          tcp 20000000000000000000               | Invalid value for positional parameter at index 3 (CLIENTS): 20000000000000000000 is not a whole number of at most 18 digits
          tcp -1                                 | CLIENTS: -1 is not in 1..100000
          tcp 1 --requests 0                     | --requests: 0 is not in 1..1000000000
          tcp 1 --requests 9999999999            | --requests: 9999999999 is not in 1..1000000000
          tcp 1 --requests 1e3                   | Invalid value for option '--requests': 1e3 is not a whole number of at most 18 digits
          tcp 1 --size 0                         | --size: 0 is not in 1..16777216
          tcp 1 --size 3000000000                | --size: 3000000000 is not in 1..16777216
          udp 1 --size 65001                     | --size: 65001 bytes are more than a datagram holds with its tag: 65000
          tcp 1 --threads 0                      | --threads: 0 is not in 1..256
          tcp 1 --threads 2000000000             | --threads: 2000000000 is not in 1..256
          tcp 1 --rate 0                         | --rate: 0.0 is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --rate -1                        | --rate: -1.0 is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --rate Infinity                  | --rate: Infinity is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --rate NaN                       | --rate: NaN is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --rate 1e300                     | --rate: 1.0E300 is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --rate 1e-300                    | --rate: 1.0E-300 is not in 0.001..10000000; without it each client sends when it has its reply
          tcp 1 --duration 0                     | --duration: 0s is not in 1ms..10080m
          tcp 1 --duration 999999999m            | --duration: 999999999m is not in 1ms..10080m
          tcp 1 --duration 604800001ms           | --duration: 604800001ms is not in 1ms..10080m
          tcp 1 --duration 1s --warmup 999999999m | --warmup: 999999999m is not in 0s..10080m
          tcp 1 --ramp 999999999m                | --ramp: 999999999m is not in 0s..10080m
          tcp 1 --ramp 10s --duration 2s         | --ramp: 10s is longer than --duration
          tcp 1 --ramp 10s --warmup 1s --duration 2s | --ramp: 10s is longer than --warmup and --duration
          tcp 1 --timeout 0                      | --timeout: 0s is not in 1ms..60m
          tcp 1 --timeout 36000m                 | --timeout: 36000m is not in 1ms..60m
          tcp 1 --timeout 1s --size 1000 --shape byte-by-byte | --timeout: 1s is too short for 1000 bytes with --shape byte-by-byte, which take 2s
          tcp 1 --timeout 1s --size 1000000 --shape slow-reader | --timeout: 1s is too short for 1000000 bytes with --shape slow-reader, which take 9760ms
          tcp 1 --shape idle --rate 5            | --rate: a client of --shape idle sends nothing
          tcp 1 --shape idle --requests 5        | --requests: a client of --shape idle sends nothing
          tcp 1 --shape idle --reconnect         | --reconnect: a client of --shape idle sends nothing
          udp 1 --shape idle                     | --shape: idle is for tcp and tls
          tcp 1 --fail-if p99>5                  | --fail-if: 'p99>5': p99 is a time: give its limit in ns, us, ms or s
          tcp 1 --html /                         | --html: / cannot be written: it is a directory
          tcp 1 --json /proc/nothing             | --json: there is no directory for /proc/nothing
          tcp 1 --hgrm no/such/file              | --hgrm: there is no directory for no/such/file
          """)
  void stressRefuses(String args, String message) {
    String[] words = args.split(" ");
    Stream<String> target = Stream.of(words[0], "127.0.0.1", "1");
    String[] all = Stream.concat(target, Arrays.stream(words).skip(1)).toArray(String[]::new);
    assertEquals(BAD_USAGE, execute(new StressCommand(), all), messages::toString);
    assertEquals(List.of(message), messages);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --clients 0                     | --clients: 0 is not in 1..10000
          --clients 2000000000            | --clients: 2000000000 is not in 1..10000
          --requests 0                    | --requests: 0 is not in 1..10000
          --requests 3000000000           | --requests: 3000000000 is not in 1..10000
          --clients 10000 --requests 11   | --requests: 11 is not in 1..10
          --job sleep:0ms                 | Invalid value for option '--job': sleep:0ms is not a job such as sleep:100ms, spin:5ms or none, of 1 minute at most
          --job sleep:999999s             | Invalid value for option '--job': sleep:999999s is not a job such as sleep:100ms, spin:5ms or none, of 1 minute at most
          --models processes:999          | --models: processes:999 is not one of ${lab}, processes:4, cluster:3
          --out /                         | --out: / cannot be written: it is a directory
          --json / --out /dev/null        | --json: / cannot be written: it is a directory
          """)
  void labRefuses(String args, String message) {
    assertEquals(BAD_USAGE, execute(new LabCommand(), args.split(" ")), messages::toString);
    String expected = message.replace("${lab}", String.join(", ", new ModelWords.OfOneMachine()));
    assertEquals(List.of(expected), messages);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --instances 0                   | --instances: 0 is not in 1..256 and above those before
          --instances 1,257               | --instances: 257 is not in 1..256 and above those before
          --instances 3000000000          | --instances: 3000000000 is not in 1..256 and above those before
          --clients 0                     | --clients: 0 is not in 1..10000
          --out /                         | --out: / cannot be written: it is a directory
          """)
  void labScalingRefuses(String args, String message) {
    assertEquals(BAD_USAGE, execute(new LabScalingCommand(), args.split(" ")), messages::toString);
    assertEquals(List.of(message), messages);
  }

  /** The files are opened before the run, so no server is asked. */
  @ParameterizedTest
  @ValueSource(strings = {"--json", "--hgrm", "--html"})
  void anOlderReportStaysWhenAnOptionIsWrong(String option, @TempDir Path directory)
      throws Exception {
    Path older = Files.writeString(directory.resolve("older"), "kept");
    Path fresh = directory.resolve("fresh");
    try (OutputFile first = OutputFile.open(option, older);
        OutputFile second = OutputFile.open(option, fresh)) {
      assertTrue(Files.notExists(fresh), "a run that is killed would leave it");
      first.write("");
    }
    assertEquals("", Files.readString(older), "replaced, not overwritten from its start");
    assertFalse(Files.exists(fresh), "nothing was written");
  }

  @Test
  void timesAreWrittenAsTheyAreTyped() {
    assertEquals("1ms", Bounds.text(Duration.ofMillis(1)));
    assertEquals("90s", Bounds.text(Duration.ofSeconds(90)));
    assertEquals("60m", Bounds.text(Duration.ofHours(1)));
  }

  private int execute(Object command, String... args) {
    return new CommandLine(command)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              messages.add(failure.getMessage());
              return failure instanceof ConfigurationException ? BAD_USAGE : 1;
            })
        .setParameterExceptionHandler(
            (failure, args1) -> {
              messages.add(failure.getMessage());
              return BAD_USAGE;
            })
        .execute(args);
  }
}
