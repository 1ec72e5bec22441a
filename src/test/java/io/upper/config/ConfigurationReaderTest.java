package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.config.ConfigurationReader.Setting;
import io.upper.job.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The sources of settings, and what is refused. */
@Timeout(180)
class ConfigurationReaderTest {

  @TempDir private Path directory;

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("my.json"), text).toString();
  }

  private static ConfigurationReader reader(String conf) {
    return new ConfigurationReader(conf, Map.of(), Map.of());
  }

  private static Configuration environment(Map<String, String> variables) {
    return new ConfigurationReader(null, variables, Map.of()).read();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          out of range | {"tcp": {"port": 70000}} | /tcp/port: 70000 is not in 0..65535
          a list       | [1]                      | not a JSON object
          a text       | "tcp"                    | not a JSON object
          empty        | ``                       | not a JSON object: Unexpected token
          cut short    | {"tcp": {"port": 1       | not a JSON object: Unexpected end-of-input: expected close marker for Object (start marker at [line: 1, column: 9])
          goes on      | {} {}                    | not a JSON object: Unexpected trailing token
          twice        | {"tcp":{"port":8117},"tcp":{"instances":2}} | /tcp: duplicate key
          twice inside | {"tcp":{"port":1,"port":1}} | /tcp/port: duplicate key
          in a list    | {"tls":{"certificates":[{},{"key":"a","key":"b"}]}} | /tls/certificates/1/key: duplicate key
          escaped      | {"a/b\\n":1,"a/b\\n":1}  | /a~1b\\n: duplicate key
          """)
  void aBadFileIsNamed(String reason, String text, String message) throws IOException {
    String file = file(text);
    refuses(file, file + ": " + message);
  }

  @Test
  void aFileOfAnotherCharsetIsRefused() throws IOException {
    Path file = Files.write(directory.resolve("my.json"), new byte[] {'{', '"', (byte) 0xE9, '"'});
    refuses(file.toString(), file + ": not a JSON object: it is not UTF-8");
  }

  @Test
  void aByteOrderMarkAndTheNameOfTheSchemaAreIgnored() throws IOException {
    String file = file("\uFEFF{\"$schema\": \"upper.schema.json\", \"drainSeconds\": 3}");
    assertEquals(3, reader(file).read().drainSeconds());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          missing file        | no/such.json            | no/such.json: there is no such file, or it cannot be read
          a directory         | src                     | src: there is no such file, or it cannot be read
          without an end      | /dev/zero               | /dev/zero: it cannot be read: more than 16 MiB
          nothing             | ``                      | -conf: a file or a JSON text is missing
          JSON, bad setting   | {"tcp": {"port": 70000}} | -conf: /tcp/port: 70000 is not in 0..65535
          JSON, a list        | [{}]                    | -conf: not a JSON object
          JSON, twice         | {"udp":{}, "udp":{}}    | -conf: /udp: duplicate key
          """)
  void aBadArgumentIsNamed(String reason, String conf, String message) {
    assumeTrue(!conf.startsWith("/dev") || Files.exists(Path.of(conf)), "no " + conf);
    refuses(conf, message);
  }

  @ParameterizedTest(name = "-D{0}={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          upper.tcp.prot      | 1     | system property upper.tcp.prot: unknown setting; did you mean upper.tcp.port?
          upper.tcp           | {}    | system property upper.tcp: unknown setting
          upper.tcp.port      | 70000 | system properties: /tcp/port: 70000 is not in 0..65535
          upper.tcp.port      | ten   | system properties: /tcp/port: "ten" is not an integer in 0..65535
          upper.admin.enabled | yes   | system properties: /admin/enabled: "yes" is not true or false
          upper.tls.command   | [1]   | system properties: /tls/command: [1] is not a list of at least one text, or null
          upper.tls.certificates | [{"key":"a","key":"b"}] | system property upper.tls.certificates: /0/key: duplicate key
          """)
  void aBadSystemPropertyIsNamed(String name, String value, String message) {
    ConfigurationReader reader = new ConfigurationReader(null, Map.of(), Map.of(name, value));
    assertEquals(message, assertThrows(ConfigurationException.class, reader::read).getMessage());
  }

  /**
   * Variables that Kubernetes sets for services {@code upper} and {@code upper-tcp}, and others.
   */
  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          UPPER_PORT                     | tcp://10.0.0.7:2000
          UPPER_PORT_2000_TCP            | tcp://10.0.0.7:2000
          UPPER_PORT_2000_TCP_ADDR       | 10.0.0.7
          UPPER_PORT_2000_TCP_PORT       | 2000
          UPPER_PORT_2000_TCP_PROTO      | tcp
          UPPER_PORT_2000_UDP            | udp://10.0.0.7:2000
          UPPER_SERVICE_HOST             | 10.0.0.7
          UPPER_SERVICE_PORT             | 2000
          UPPER_SERVICE_PORT_METRICS     | 2080
          UPPER_TCP_PORT                 | tcp://10.0.0.7:2000
          UPPER_TCP_PORT                 | sctp://10.0.0.7:2000
          UPPER_TCP_SERVICE_HOST         | 10.0.0.7
          UPPER_TCP_SERVICE_PORT         | 2000
          UPPER_TCP_PORT_2000_TCP_ADDR   | 10.0.0.7
          UPPER_TCP_PORT                 | ``
          UPPER_TCP_PROT                 | ``
          UPPER_CONF                     | ``
          UPPER_VERSION                  | 1.2
          UPPER_HOME                     | /opt/upper
          UPPER_PORT                     | 2000
          """)
  void unrelatedVariablesAreIgnored(String name, String value) {
    assertEquals(environment(Map.of()), environment(Map.of(name, value)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPPER_TCP_PROT             | UPPER_TCP_PORT
          UPPER_TCP_MAX_CONECTIONS   | UPPER_TCP_MAX_CONNECTIONS
          UPPER_TCP_MAXCONNECTION    | UPPER_TCP_MAX_CONNECTIONS
          UPPER_PROCESS              | UPPER_PROCESSES
          UPPER_UDP_MAX_CONNECTIONS  | UPPER_TCP_MAX_CONNECTIONS
          UPPER_TLS_CLIENT_CAS       | UPPER_TLS_CLIENT_CA
          """)
  void aTypoInAVariableIsRefused(String name, String meant) {
    String message = "environment: " + name + ": unknown setting; did you mean " + meant + "?";
    Map<String, String> variables = Map.of(name, "1");
    assertEquals(
        message,
        assertThrows(ConfigurationException.class, () -> environment(variables)).getMessage());
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({"port, port, 0", "prot, port, 2", "por, port, 1", "'', abc, 3", "kitten, sitting, 3"})
  void distanceCountsTypos(String a, String b, int distance) {
    assertEquals(distance, Variables.distance(a, b));
    assertEquals(distance, Variables.distance(b, a));
  }

  @Test
  void everySettingNamesItsSource() throws IOException {
    String file = file("{\"tcp\": {\"maxConnections\": 5, \"workers\": 6, \"host\": \"::1\"}}");
    ConfigurationReader reader =
        new ConfigurationReader(
            file,
            Map.of("UPPER_TCP_HOST", "127.0.0.1", "UPPER_TCP_MAX_CONNECTIONS", "8"),
            Map.of("upper.tcp.maxConnections", "7"));
    Configuration configuration = reader.read();
    assertEquals(7, configuration.tcp().maxConnections());
    assertEquals("127.0.0.1", configuration.tcp().host());
    Map<String, String> sources =
        reader.settings().stream()
            .collect(
                Collectors.toMap(
                    s -> String.join("/", s.path()), s -> s.value() + " by " + s.source()));
    assertEquals(
        "7 by system property upper.tcp.maxConnections", sources.get("tcp/maxConnections"));
    assertEquals("6 by " + file, sources.get("tcp/workers"));
    assertEquals("127.0.0.1 by environment variable UPPER_TCP_HOST", sources.get("tcp/host"));
    assertEquals("10000 by built-in default", sources.get("tls/maxConnections"));
  }

  @Test
  void theFileCanBeNamedByAVariable() throws IOException {
    Map<String, String> variable = Map.of("UPPER_CONF", file("{\"drainSeconds\": 3}"));
    Map<String, String> property = Map.of("upper.conf", "{\"drainSeconds\": 4}");
    assertEquals(3, new ConfigurationReader(null, variable, Map.of()).read().drainSeconds());
    assertEquals(4, new ConfigurationReader(null, variable, property).read().drainSeconds());
    assertEquals(
        5,
        new ConfigurationReader("{\"drainSeconds\": 5}", variable, property).read().drainSeconds());
  }

  @Test
  void aPipeIsReadOnce() throws Exception {
    Path pipe = pipe();
    Thread writer = new Thread(() -> write(pipe, "{\"drainSeconds\": 3}"));
    writer.start();
    ConfigurationReader reader = reader(pipe.toString());
    assertEquals(3, reader.read().drainSeconds());
    assertEquals(3, reader.read().drainSeconds());
    assertTrue(reader.settings().contains(new Setting(List.of("drainSeconds"), 3, "" + pipe)));
    assertEquals(Optional.empty(), reader.file(), "watched");
    writer.join();
  }

  @Test
  void aFileThatBecomesAPipeIsNotRead() throws Exception {
    ConfigurationReader reader = reader(file("{\"drainSeconds\": 3}"));
    assertEquals(3, reader.read().drainSeconds());
    Files.delete(directory.resolve("my.json"));
    String pipe = pipe().toString();
    assertEquals(
        pipe + ": no regular file any more",
        assertThrows(ConfigurationException.class, reader::read).getMessage());
  }

  private Path pipe() throws Exception {
    Path pipe = directory.resolve("my.json");
    try {
      assumeTrue(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor() == 0, "mkfifo");
    } catch (IOException e) {
      assumeTrue(false, "no mkfifo");
    }
    return pipe;
  }

  private static void write(Path pipe, String text) {
    try {
      Files.writeString(pipe, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void lessonOnTheClassPathSleepsForASecond() {
    Configuration configuration = reader("conf/lesson.json").read();
    Job lesson = new Job(Job.Kind.SLEEP, 1000);
    assertEquals(lesson, configuration.tcp().job());
    assertEquals(lesson, configuration.udp().job());
  }

  @Test
  void productionServesAllInterfacesOnAllProcessors() {
    int processors = Runtime.getRuntime().availableProcessors();
    for (ServerSettings server : reader("conf/production.json").read().servers()) {
      assertEquals("0.0.0.0", server.host());
      assertEquals(processors, server.instances());
    }
  }

  @Test
  void defaultsAreAFileLikeAnyOther() {
    assertEquals(reader(null).read(), reader("conf/default.json").read());
  }

  private static void refuses(String conf, String message) {
    ConfigurationReader reader = reader(conf);
    assertEquals(message, assertThrows(ConfigurationException.class, reader::read).getMessage());
  }
}
