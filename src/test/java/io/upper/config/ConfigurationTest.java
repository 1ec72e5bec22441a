package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.upper.service.Misbehaving;
import io.upper.text.Uppercase;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {

  @Test
  void nothingGivenIsTheDefaults() {
    Configuration defaults = Configuration.of(new JsonObject());
    assertEquals(1, defaults.processes());
    assertEquals(List.of(defaults.tcp(), defaults.udp(), defaults.tls()), defaults.servers());
    assertEquals(
        new ServerSettings(
            Protocol.TCP,
            true,
            "localhost",
            2000,
            null,
            1,
            false,
            new ModelSettings("event-loop", new JsonObject()),
            1024,
            false,
            10_000,
            300,
            30_000,
            0,
            0,
            0,
            null,
            new Job(Job.Kind.NONE, 0),
            ConfiguredService.of(new Uppercase()),
            10),
        defaults.tcp());
    assertEquals(2000, defaults.udp().port());
    assertEquals(10_000, defaults.udp().maxPending());
    assertEquals(2_000, defaults.udp().maxWaitMillis());
    assertEquals(2443, defaults.tls().port());
    assertEquals(
        new ServerSettings.Tls(
            "certs/server-cert.pem",
            "certs/server-key.pem",
            List.of(),
            TlsEngineKind.AUTO,
            null,
            10,
            true),
        defaults.tls().tls());
    assertEquals(AccessLogFormat.OFF, defaults.accessLog());
    assertEquals(new Configuration.Admin(false, "localhost", 2080, false), defaults.admin());
  }

  /** Not the default, which may be more than a system allows. */
  @Test
  void configuredConnectionsThatCannotFitAreReported() {
    assertEquals("", shortage("{'tcp': {'port': 0}}", 1_024));
    assertEquals("", shortage("{'tcp': {'maxConnections': 800}}", 1_024));
    assertEquals(
        "/tcp/maxConnections: 10000 connections need 10200 file descriptors, but 1024 are allowed:"
            + " raise the limit (ulimit -n, or LimitNOFILE of systemd)",
        shortage("{'tcp': {'maxConnections': 10000}}", 1_024));
    assertEquals(
        "/tcp/maxConnections, /tls/maxConnections: 1400 connections need 1600 file descriptors, but"
            + " 1024 are allowed: raise the limit (ulimit -n, or LimitNOFILE of systemd)",
        shortage("{'tcp': {'maxConnections': 700}, 'tls': {'maxConnections': 700}}", 1_024));
    assertEquals(
        "",
        shortage("{'processes': 2, 'tcp': {'maxConnections': 1400}}", 1_024),
        "half of it in each");
    assertEquals("", shortage("{'tcp': {'enabled': false, 'maxConnections': 10000}}", 1_024));
  }

  private static String shortage(String json, int limit) {
    JsonObject given = new JsonObject(json.replace('\'', '"'));
    return Configuration.of(given).descriptorShortage(given, limit).orElse("");
  }

  /**
   * The reason, the refused document, and the whole message, with single quotes for double ones.
   */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          unknown at the root     | {'tpc': {}}                       | /tpc: unknown setting; known here: accessLog, admin, cluster, drainSeconds, job, processes, tcp, text, tls, transport, udp
          unknown in a section    | {'job': {'kind': 'none', 'ms': 1}} | /job/ms: unknown setting; known here: kind, millis
          of another protocol     | {'udp': {'idleTimeoutSeconds': 1}} | /udp/idleTimeoutSeconds: unknown setting; known here: burstPerSource, enabled, host, instances, maxPending, maxWaitMillis, model, port, ratePerSource, reusePort, service
          case matters            | {'job': {'Millis': 1}}            | /job/Millis: unknown setting; known here: kind, millis
          a pointer is escaped    | {'a/b~c': 1}                      | /a~1b~0c: unknown setting; known here: accessLog, admin, cluster, drainSeconds, job, processes, tcp, text, tls, transport, udp
          a key breaks no line    | {'job': {'a\\nb': 1}}             | /job/a\\nb: unknown setting; known here: kind, millis
          a section is a number   | {'tcp': 5}                        | /tcp: 5 is not an object
          a section is null       | {'tls': null}                     | /tls: null is not an object
          a section is a list     | {'tcp': [1]}                      | /tcp: [1] is not an object
          a number is a text      | {'tcp': {'port': '80'}}           | /tcp/port: "80" is not an integer in 0..65535
          a value breaks no line  | {'tcp': {'port': 'a\\nb'}}        | /tcp/port: "a\\nb" is not an integer in 0..65535
          a number has a fraction | {'tcp': {'port': 1.5}}            | /tcp/port: 1.5 is not an integer in 0..65535
          a number is null        | {'tcp': {'port': null}}           | /tcp/port: null is not an integer in 0..65535
          too large               | {'tcp': {'port': 70000}}          | /tcp/port: 70000 is not in 0..65535
          too small               | {'udp': {'port': -1}}             | /udp/port: -1 is not in 0..65535
          larger than 32 bits     | {'tls': {'port': 4294969296}}     | /tls/port: 4294969296 is not in 0..65535
          larger than 64 bits     | {'tls': {'port': 18446744073709553616}} | /tls/port: 18446744073709553616 is not an integer in 0..65535
          a flag is a text        | {'tcp': {'enabled': 'true'}}      | /tcp/enabled: "true" is not true or false
          a text is a number      | {'tcp': {'host': 1}}              | /tcp/host: 1 is not a text or null
          a text is empty         | {'tcp': {'host': ''}}             | /tcp/host: "" is not a text
          a text is null          | {'tls': {'key': null}}            | /tls/key: null is not a text
          a bad word              | {'tcp': {'model': 'fast'}}        | /tcp/model: "fast" is not one of ${models}
          a bad job               | {'job': {'kind': 'Sleep'}}        | /job/kind: "Sleep" is not one of none, sleep, spin
          a bad charset           | {'text': {'charset': 'utf8'}}     | /text/charset: "utf8" is not one of utf-8, ascii
          no instances            | {'tcp': {'instances': 0}}         | /tcp/instances: 0 is not in 1..256
          a bad word for a count  | {'tcp': {'instances': 'all'}}     | /tcp/instances: "all" is not an integer in 1..256 or "auto"
          an empty command        | {'tcp': {'command': []}}          | /tcp/command: [] is not a list of at least one text, or null
          a command of numbers    | {'tcp': {'command': ['a', 1]}}    | /tcp/command: ["a",1] is not a list of at least one text, or null
          the drain is too long   | {'drainSeconds': 101}             | /drainSeconds: 101 is not in 0..100
          a bad admin port        | {'admin': {'port': 65536}}        | /admin/port: 65536 is not in 0..65535
          no admin port for each  | {'admin': {'enabled': true, 'port': 65534}, 'processes': 3} | /admin/port: 65534 and the 2 after it, one for each process, are not in 0..65535
          a bad access log        | {'accessLog': true}               | /accessLog: true is not one of off, text, json
          too many processes      | {'processes': 257}                | /processes: 257 is not in 1..256
          a time without a job    | {'job': {'millis': 100}}          | /job/millis: 100 needs a kind of job: sleep or spin
          a mode of letters       | {'tcp': {'mode': 'rw-rw----'}}    | /tcp/mode: "rw-rw----" is not an octal mode such as "0660"
          no time for a handshake | {'tls': {'handshakeTimeoutSeconds': 0}} | /tls/handshakeTimeoutSeconds: 0 is not in 1..86400
          """)
  void refuses(String reason, String json, String message) {
    JsonObject given = new JsonObject(json.replace('\'', '"'));
    var refusal = assertThrows(ConfigurationException.class, () -> Configuration.of(given));
    String models =
        ModelCatalog.FOUND.models().stream()
            .map(ModelDeclaration::word)
            .collect(Collectors.joining(", "));
    assertEquals(message.replace("${models}", models), ours(refusal), reason);
    // The schema has no rules between settings.
    if (!reason.equals("no admin port for each") && !reason.equals("a time without a job")) {
      assertNotNull(SchemaTest.refusal(given), "valid by the schema");
    }
  }

  @Test
  void autoMeansOnePerProcessor() {
    JsonObject given = new JsonObject().put("udp", new JsonObject().put("instances", "auto"));
    assertEquals(
        Runtime.getRuntime().availableProcessors(), Configuration.of(given).udp().instances());
  }

  @Test
  void aServerThatIsNotEnabledIsNotServed() {
    JsonObject given = new JsonObject().put("tcp", new JsonObject().put("enabled", false));
    Configuration configuration = Configuration.of(given);
    assertEquals(List.of(configuration.udp(), configuration.tls()), configuration.servers());
  }

  @Test
  void aVerticleGetsItsSectionAndTheSharedSettings() {
    JsonObject given =
        new JsonObject(
            """
            {"tcp": {"port": 7}, "job": {"kind": "sleep", "millis": 5}, "drainSeconds": 3}
            """);
    Configuration configuration = Configuration.of(given);
    for (Protocol protocol : Protocol.values()) {
      JsonObject config = Configuration.verticleConfig(configuration.json(), protocol);
      ServerSettings settings = ServerSettings.of(protocol, config);
      assertTrue(configuration.servers().contains(settings), settings::toString);
    }
  }

  @Test
  void aVerticleAloneHasTheDefaultsOfItsProtocol() {
    ServerSettings settings =
        ServerSettings.of(Protocol.TLS, new JsonObject("{\"port\": 0, \"key\": \"k.pem\"}"));
    assertEquals(0, settings.port());
    assertEquals(300, settings.idleTimeoutSeconds());
    assertEquals(ConfiguredService.of(new Uppercase()), settings.service());
    assertEquals(
        new ServerSettings.Tls(
            "certs/server-cert.pem", "k.pem", List.of(), TlsEngineKind.AUTO, null, 10, false),
        settings.tls());
    assertNull(ServerSettings.of(Protocol.UDP, new JsonObject()).tls());
  }

  /** The pointers of a verticle's configuration start at its own section. */
  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          TCP | {'prot': 1}              | /prot: unknown setting; known here: backlog, drainSeconds, enabled, host, idleTimeoutSeconds, instances, job, maxConnections, maxWaitMillis, mode, model, path, port, proxyProtocol, reusePort, service, text
          TCP | {'tcp': {'port': 1}}     | /tcp: unknown setting; known here: backlog, drainSeconds, enabled, host, idleTimeoutSeconds, instances, job, maxConnections, maxWaitMillis, mode, model, path, port, proxyProtocol, reusePort, service, text
          UDP | {'port': 65536}          | /port: 65536 is not in 0..65535
          UDP | {'maxPending': 0}        | /maxPending: 0 is not in 1..10000000
          TLS | {'job': {'millis': -1}}  | /job/millis: -1 is not in 0..600000
          TLS | {'clientCa': 1}          | /clientCa: 1 is not a text or null
          """)
  void aVerticleAloneRefuses(Protocol protocol, String json, String message) {
    JsonObject given = new JsonObject(json.replace('\'', '"'));
    var refusal =
        assertThrows(ConfigurationException.class, () -> ServerSettings.of(protocol, given));
    assertEquals(message, ours(refusal));
  }

  /** Without the settings that models declare, and the service that other tests register. */
  private static String ours(ConfigurationException refusal) {
    String settings =
        ModelCatalog.FOUND.models().stream()
            .flatMap(model -> model.settings().stream())
            .map(Setting::name)
            .collect(Collectors.joining("|", "(", ")"));
    return refusal
        .getMessage()
        .replace(" misbehaving,", "")
        .replaceAll("(?<=known here: )" + settings + ", |, " + settings + "(?=,|$)", "");
  }

  /** Else it would end the thread that watches the configuration. */
  @Test
  void anErrorOfAServiceIsOneOfTheConfiguration() {
    JsonObject json = new JsonObject().put("tcp", new JsonObject().put("service", "misbehaving"));
    Misbehaving.factoryFails = true;
    try {
      ConfigurationException e =
          assertThrows(ConfigurationException.class, () -> Configuration.of(json));
      assertEquals(
          "/tcp/service: misbehaving cannot be made: java.lang.AssertionError: no factory",
          e.getMessage());
    } finally {
      Misbehaving.factoryFails = false;
    }
  }
}
