package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.config.Configuration;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code upper config}: what is in force, and where it comes from. */
@Timeout(120)
@Tag("one-jdk")
class ConfigCommandTest {

  @TempDir private Path directory;

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory);
  }

  @Test
  void everySettingIsPrintedWithItsSource() throws Exception {
    Files.writeString(
        directory.resolve("my.json"),
        "{\"tcp\": {\"port\": 1, \"workers\": 2, \"backlog\": 3}, \"drainSeconds\": 4}");
    UpperProcess.Ended ended =
        upper()
            .environment("UPPER_TCP_WORKERS", "5")
            .environment("UPPER_TCP_BACKLOG", "6")
            .environment("UPPER_UDP_PORT", "udp://10.0.0.7:2000")
            .jvm("-Dupper.tcp.backlog=7")
            .run("config", "-conf", "my.json", "-instances", "8");
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
    List<String> lines = ended.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
    for (String line :
        List.of(
            "tcp/port 1 my.json",
            "tcp/workers 5 environment variable UPPER_TCP_WORKERS",
            "tcp/backlog 7 system property upper.tcp.backlog",
            "udp/instances 8 -instances",
            "udp/port 2000 built-in default",
            "tls/clientCa null built-in default",
            "job/kind \"none\" built-in default",
            "drainSeconds 4 my.json")) {
      assertTrue(lines.contains(line), () -> line + " is not in\n" + ended.out());
    }
    assertEquals(leaves(Configuration.of(new JsonObject()).json()), lines.size());
    assertEquals(1, directory.toFile().list().length, "it made something");
  }

  private static long leaves(JsonObject section) {
    return section.stream()
        .mapToLong(member -> member.getValue() instanceof JsonObject s ? leaves(s) : 1)
        .sum();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"tcp":{"port":70000}}          | -conf: /tcp/port: 70000 is not in 0..65535
          {"tcp":{"port":1},"tcp":{}}     | -conf: /tcp: duplicate key
          {"tls":{"certificate":"no.pem"}} | -conf: /tls/certificate: "no.pem" is no file that can be read
          {"tcp":{"enabled":false},"udp":{"enabled":false},"tls":{"enabled":false}} | -conf: /tcp/enabled, /udp/enabled, /tls/enabled: none is true
          """)
  void whatCannotBeServedIsRefused(String conf, String line) {
    UpperProcess.Ended ended = UpperCommand.run("config", "-conf", conf);
    assertEquals(line + "\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(2, ended.status());
  }

  /** The cause of a refusal is logged with {@code -v} only, and not by commands after it. */
  @Test
  void aStackTraceIsOnlyForWhoAsks() {
    String[] refused = {"config", "-conf", "{\"tls\":{\"certificate\":\"no.pem\"}}", "-v"};
    assertTrue(UpperCommand.run(refused).err().contains("NoSuchFileException"));
    String[] quiet = Arrays.copyOf(refused, refused.length - 1);
    assertEquals(1, UpperCommand.run(quiet).err().lines().count());
  }

  @Test
  void theSchemaIsPrinted() {
    UpperProcess.Ended ended = UpperCommand.run("config", "--schema");
    assertEquals(Configuration.schema(), new JsonObject(ended.out()));
    assertEquals(0, ended.status(), ended::err);
  }

  /** What keeps a unit from starting, and from being reloaded, with a wrong file. */
  @Test
  void theUnitChecksBeforeItStartsAndReloads() throws Exception {
    List<String> unit = Files.readAllLines(Path.of("deploy/upper.service"));
    String served = " " + command(unit, "ExecStart=").replaceFirst(".*-jar \\S+ ", "");
    for (String check : new String[] {"ExecStartPre=", "ExecReload="}) {
      String line = command(unit, check);
      assertTrue(line.endsWith(" config" + served), line);
      String[] args = line.replaceFirst(".*-jar \\S+ ", "").split(" ");
      args[Arrays.asList(args).indexOf("/etc/upper/upper.json")] = "conf/production.json";
      assertEquals(0, upper().run(args).status());
    }
  }

  /** The first of that kind. */
  private static String command(List<String> unit, String key) {
    return unit.stream().filter(line -> line.startsWith(key)).findFirst().orElseThrow();
  }
}
