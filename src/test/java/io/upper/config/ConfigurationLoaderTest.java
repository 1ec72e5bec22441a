package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.upper.job.Job;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where settings come from; the environment needs a process, see {@code ServeCommandTest}. */
@ExtendWith(VertxExtension.class)
class ConfigurationLoaderTest {
  private String property;

  @TempDir private Path directory;

  private ConfigurationLoader loader;

  @BeforeEach
  void create(Vertx vertx) {
    loader = new ConfigurationLoader(vertx);
  }

  @AfterEach
  void restore() {
    if (property != null) {
      System.clearProperty(property);
    }
  }

  private void set(String name, String value) {
    property = name;
    System.setProperty(name, value);
  }

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("my.json"), text).toString();
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
          """)
  void aBadFileIsNamed(String reason, String text, String message, VertxTestContext test)
      throws IOException {
    String file = file(text);
    refuses(file, file + ": " + message, test);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          missing file        | no/such.json            | no/such.json: there is no such file, or it cannot be read
          a directory         | src                     | src: there is no such file, or it cannot be read
          nothing             | ``                      | -conf: a file or a JSON text is missing
          JSON, bad setting   | {"tcp": {"port": 70000}} | -conf: /tcp/port: 70000 is not in 0..65535
          JSON, a list        | [{}]                    | -conf: not a JSON object
          """)
  void aBadArgumentIsNamed(String reason, String conf, String message, VertxTestContext test) {
    refuses(conf, message, test);
  }

  @ParameterizedTest(name = "-D{0}={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          upper.tcp.prot      | 1     | system property upper.tcp.prot: unknown setting
          upper.tcp           | {}    | system property upper.tcp: unknown setting
          upper.tcp.port      | 70000 | system properties: /tcp/port: 70000 is not in 0..65535
          upper.tcp.port      | ten   | system properties: /tcp/port: "ten" is not an integer in 0..65535
          upper.admin.enabled | yes   | system properties: /admin/enabled: "yes" is not true or false
          upper.tls.command   | [1]   | system properties: /tls/command: [1] is not a list of at least one text, or null
          """)
  void aBadSystemPropertyIsNamed(String name, String value, String message, VertxTestContext test) {
    set(name, value);
    refuses(null, message, test);
  }

  @Test
  void aSystemPropertyWinsOverTheFile(VertxTestContext test) throws IOException {
    set("upper.tcp.maxConnections", "7");
    loader
        .load(file("{\"tcp\": {\"maxConnections\": 5, \"workers\": 6}}"))
        .onComplete(
            test.succeeding(
                configuration ->
                    test.verify(
                        () -> {
                          assertEquals(7, configuration.tcp().maxConnections());
                          assertEquals(6, configuration.tcp().workers());
                          assertEquals(10_000, configuration.tls().maxConnections());
                          test.completeNow();
                        })));
  }

  @Test
  void lessonOnTheClassPathSleepsForASecond(VertxTestContext test) {
    loader
        .load("conf/lesson.json")
        .onComplete(
            test.succeeding(
                configuration ->
                    test.verify(
                        () -> {
                          Job lesson = new Job(Job.Kind.SLEEP, 1000);
                          assertEquals(lesson, configuration.tcp().job());
                          assertEquals(lesson, configuration.udp().job());
                          test.completeNow();
                        })));
  }

  @Test
  void productionServesAllInterfacesOnAllProcessors(VertxTestContext test) {
    int processors = Runtime.getRuntime().availableProcessors();
    loader
        .load("conf/production.json")
        .onComplete(
            test.succeeding(
                configuration ->
                    test.verify(
                        () -> {
                          for (ServerSettings server : configuration.servers()) {
                            assertEquals("0.0.0.0", server.host());
                            assertEquals(processors, server.instances());
                          }
                          test.completeNow();
                        })));
  }

  @Test
  void defaultsAreAFileLikeAnyOther(VertxTestContext test) {
    loader
        .load("conf/default.json")
        .map(Configuration::tls)
        .compose(given -> loader.load(null).map(none -> given.equals(none.tls())))
        .onComplete(test.succeeding(same -> test.verify(() -> complete(same, test))));
  }

  private static void complete(boolean same, VertxTestContext test) {
    assertEquals(true, same);
    test.completeNow();
  }

  private void refuses(String conf, String message, VertxTestContext test) {
    loader
        .load(conf)
        .onComplete(
            test.failing(
                failure ->
                    test.verify(
                        () -> {
                          assertInstanceOf(ConfigurationException.class, failure);
                          assertEquals(message, failure.getMessage());
                          test.completeNow();
                        })));
  }
}
