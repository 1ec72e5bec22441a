package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the schema cannot say of a path. */
class UnixSocketTest {

  private static Configuration of(String json) {
    return Configuration.of(new JsonObject(json.replace('\'', '"')));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          empty          | {'tcp': {'path': ' '}}                        | /tcp/path: " " is no path of a file
          a directory    | {'tls': {'path': '/'}}                        | /tls/path: "/" is no path of a file
          with processes | {'tcp': {'path': '/run/u'}, 'processes': 2}   | /tcp/path: unix:/run/u has one process, not 2: set /processes to 1, or listen on a port
          with reusePort | {'tls': {'path': '/run/u', 'reusePort': true}} | /tls/reusePort: a path cannot be shared with other processes
          one for two    | {'tcp': {'path': '/run/u'}, 'tls': {'path': '/run/./u'}} | /tls/path: unix:/run/./u is the path of tcp, too
          """)
  void refuses(String reason, String json, String message) {
    assertEquals(
        message,
        assertThrows(ConfigurationException.class, () -> of(json)).getMessage().replace("\\", ""));
  }

  /** The limit is the system's, in bytes. */
  @Test
  void refusesALongPath() {
    String most = "/" + "é".repeat(48);
    assertEquals(Path.of(most), of("{'tcp': {'path': '" + most + "'}}").tcp().unix().path());
    assertEquals(
        "/tcp/path: 98 bytes are too many for a socket's path: at most 97",
        assertThrows(ConfigurationException.class, () -> of("{'tcp': {'path': '" + most + "x'}}"))
            .getMessage());
  }

  @Test
  void refusesAZeroByte() {
    assertThrows(ConfigurationException.class, () -> of("{'tcp': {'path': 'a\\u0000b'}}"));
  }

  @Test
  void readsTheMode() {
    for (String mode : new String[] {"0640", "640"}) {
      UnixSocket unix = of("{'tcp': {'path': 'u', 'mode': '" + mode + "'}}").tcp().unix();
      assertEquals("rw-r-----", PosixFilePermissions.toString(unix.mode()));
    }
  }

  @Test
  void aServerThatIsNotEnabledMayHaveAnyPath() {
    of("{'tcp': {'path': 'u', 'enabled': false}, 'processes': 2}");
  }
}
