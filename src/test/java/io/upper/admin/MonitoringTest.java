package io.upper.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.MainVerticle;
import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Configuration;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules and the dashboard in deploy/ ask for metrics that a server has. */
@Timeout(60)
class MonitoringTest {
  private static final Path ALERTS = Path.of("deploy/alerts.yml");
  private static final Path DASHBOARD = Path.of("deploy/dashboard.json");

  private static final Pattern METRIC = Pattern.compile("\\b(upper|process|jvm|vertx|system)_\\w+");
  private static final Pattern LABEL = Pattern.compile("\\b(\\w+)=~?\"");
  // Added by Prometheus, from its own configuration.
  private static final Set<String> OF_THE_SCRAPE = Set.of("instance", "job");
  private static final int GRID_WIDTH = 24;

  @TempDir private Path directory;

  @Test
  void everyMetricIsExposed() throws Exception {
    TestCertificates.copyTo(directory);
    AdminVerticle verticle =
        new AdminVerticle(new Configuration.Admin(true, "127.0.0.1", 0, false), new MainVerticle());
    VertxOptions options = new VertxOptions().setPreferNativeTransport(true);
    Vertx vertx = verticle.measure(options, Vertx.builder().with(options)).build();
    try {
      vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config())).await();
      String metrics = new Admin(verticle.actualPort()).ask("GET", "/metrics").body();
      Set<String> exposed = found("(?m)^(\\w+)(?:\\{.*})? \\S+$", metrics);
      Set<String> labels = found("[{,](\\w+)=\"", metrics);
      labels.addAll(OF_THE_SCRAPE);
      for (String expression : expressions()) {
        for (MatchResult metric : METRIC.matcher(expression).results().toList()) {
          assertTrue(exposed.contains(metric.group()), expression);
        }
        for (MatchResult label : LABEL.matcher(expression).results().toList()) {
          assertTrue(labels.contains(label.group(1)), expression);
        }
      }
    } finally {
      vertx.close().await(30, TimeUnit.SECONDS);
    }
  }

  private JsonObject config() {
    String free = "{\"host\": \"127.0.0.1\", \"port\": 0}";
    JsonObject config = new JsonObject();
    for (String server : List.of("tcp", "udp", "tls")) {
      config.put(server, new JsonObject(free));
    }
    config
        .getJsonObject("tls")
        .put("certificate", directory.resolve(CertificateAuthority.SERVER_CERTIFICATE).toString())
        .put("key", directory.resolve(CertificateAuthority.SERVER_KEY).toString());
    return Configuration.of(config).json();
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Of the dashboard and the rules; a rule's ends at {@code for:}. */
  private static Set<String> expressions() throws IOException {
    Set<String> all = found("(?s)\\n +expr: (.*?)\\n +for: ", Files.readString(ALERTS, UTF_8));
    assertTrue(all.size() > 4, all::toString);
    for (JsonObject panel : panels()) {
      for (Object target : panel.getJsonArray("targets")) {
        all.add(((JsonObject) target).getString("expr"));
      }
    }
    return all;
  }

  private static List<JsonObject> panels() throws IOException {
    return new JsonObject(Files.readString(DASHBOARD, UTF_8))
        .getJsonArray("panels").stream().map(JsonObject.class::cast).toList();
  }

  @Test
  void everyQueryOfTheGuideIsAsked() throws Exception {
    String guide = Files.readString(Path.of("docs/operations.md"), UTF_8);
    String queries = guide.replaceFirst("(?s).*\n### Queries[^\n]*\n(.*?)\n##? .*", "$1");
    String asked = String.join("\n", expressions());
    Set<String> metrics =
        METRIC.matcher(queries).results().map(MatchResult::group).collect(Collectors.toSet());
    assertTrue(metrics.size() > 5, metrics::toString);
    for (String metric : metrics) {
      assertTrue(asked.contains(metric), metric);
    }
  }

  /** What Grafana needs to draw a panel, and to keep the panels apart. */
  @Test
  void thePanelsAreComplete() throws Exception {
    Set<Integer> ids = new HashSet<>();
    Set<List<Integer>> places = new HashSet<>();
    for (JsonObject panel : panels()) {
      String title = panel.getString("title");
      assertTrue(ids.add(panel.getInteger("id")), title);
      JsonObject place = panel.getJsonObject("gridPos");
      assertTrue(places.add(List.of(place.getInteger("x"), place.getInteger("y"))), title);
      assertTrue(place.getInteger("x") + place.getInteger("w") <= GRID_WIDTH, title);
      assertFalse(panel.getJsonArray("targets").isEmpty(), title);
      assertEquals("${datasource}", panel.getJsonObject("datasource").getString("uid"), title);
    }
  }

  @Tag("slow")
  @Test
  void eachAlertFiresWhenItShould() throws Exception {
    assumeTrue(status("sh", "-c", "command -v promtool") == 0, "needs promtool (Prometheus)");
    assertEquals(0, status("promtool", "check", "rules", ALERTS.toString()));
    assertEquals(0, status("promtool", "test", "rules", "src/test/resources/alerts-test.yml"));
  }

  /** Its output is read: the standard output of this JVM belongs to Surefire. */
  private static int status(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    int status = process.waitFor();
    if (status != 0) {
      System.out.println(String.join(" ", command) + ": " + out);
    }
    return status;
  }
}
