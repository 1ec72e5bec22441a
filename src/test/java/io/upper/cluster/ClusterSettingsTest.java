package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The section {@code cluster}: what is refused, and that no output shows the secret. */
class ClusterSettingsTest {
  private static final String SECRET = "tell-nobody";

  @ParameterizedTest
  @ValueSource(strings = {"node", "serve"})
  void withoutASecretOtherMachinesAreRefused(String command) {
    String conf = "{\"tcp\": {\"model\": \"cluster\"}, \"cluster\": {\"host\": \"192.0.2.1\"}}";
    UpperProcess.Ended ended = UpperCommand.run(command, "-conf", conf);
    assertEquals(
        "/cluster/secret: null, but other machines reach /cluster/host 192.0.2.1: give all members"
            + " the same secret\n",
        ended.err());
    assertEquals(2, ended.status());
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, true",
    "127.0.0.1, true",
    "127.1.2.3, true",
    "::1, true",
    "127.0.0.1.example.org, false",
    "10.0.0.1, false",
    "0.0.0.0, false"
  })
  void onlyTheLoopbackNeedsNoSecret(String host, boolean loopback) {
    assertEquals(loopback, cluster(new JsonObject().put("host", host)).cluster().isLoopback());
  }

  private static Configuration cluster(JsonObject section) {
    return Configuration.of(new JsonObject().put("cluster", section));
  }

  @Test
  void configPrintsNoSecret(@TempDir Path directory) throws Exception {
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .in(directory)
            .environment("UPPER_CLUSTER_SECRET", SECRET)
            .run("config");
    assertEquals("", ended.err());
    assertFalse(ended.out().contains(SECRET), ended.out());
    assertTrue(ended.out().replaceAll(" +", " ").contains("cluster/secret \"***\" environment"));
  }

  /** Text that looks like JSON is a secret, too. */
  @Test
  void aSecretMayBeAnyText(@TempDir Path directory) throws Exception {
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .in(directory)
            .environment("UPPER_CLUSTER_SECRET", "[" + SECRET)
            .run("config");
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
  }

  @Test
  void anErrorQuotesNoSecret() {
    ConfigurationException refused =
        assertThrows(
            ConfigurationException.class, () -> cluster(new JsonObject().put("secret", 1234567)));
    assertEquals(
        "/cluster/secret: it is not a text that is not blank, nor null", refused.getMessage());
  }

  @Test
  void aChangeShowsNoSecret() {
    Configuration before = cluster(new JsonObject().put("secret", SECRET));
    String changes = before.changesTo(cluster(new JsonObject())).toString();
    assertEquals("[cluster/secret: *** -> null]", changes);
    assertFalse(before.cluster().toString().contains(SECRET));
  }

  @Test
  void aPartOfTheFilesOfTlsIsRefused() {
    JsonObject tls = new JsonObject().put("certificate", "a.pem");
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> cluster(new JsonObject().put("tls", tls)));
    assertEquals(
        "/cluster/tls: certificate, key and ca are given together, or none of them",
        refused.getMessage());
  }

  @Test
  void theModelClusterNeedsARestartUnlessItIsInUse() {
    Configuration before = Configuration.of(new JsonObject());
    Configuration after = before.withoutRestart(model("cluster"), change -> false);
    assertEquals("event-loop", after.tcp().model().word());
    assertEquals(
        "cluster",
        model("cluster").withoutRestart(model("cluster"), change -> false).tcp().model().word());
  }

  private static Configuration model(String word) {
    return Configuration.of(new JsonObject().put("tcp", new JsonObject().put("model", word)));
  }
}
