package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.shaded.org.snakeyaml.engine.v2.api.Load;
import com.hazelcast.shaded.org.snakeyaml.engine.v2.api.LoadSettings;
import io.upper.config.Configuration;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The deployments of gateways and job nodes: each named field, and what refers to what. */
class DeploymentFilesTest {
  private static final Path KUBERNETES = Path.of("deploy/kubernetes.yaml");
  private static final Path COMPOSE = Path.of("deploy/compose.yaml");
  private static final int PRE_STOP_SECONDS = 5;

  @SuppressWarnings("unchecked")
  private static List<JsonObject> documents(Path file) throws IOException {
    Load yaml = new Load(LoadSettings.builder().build());
    List<JsonObject> documents = new ArrayList<>();
    for (Object one : yaml.loadAllFromString(Files.readString(file))) {
      documents.add(new JsonObject((Map<String, Object>) one));
    }
    return documents;
  }

  private static JsonObject document(String kind, String name) throws IOException {
    return documents(KUBERNETES).stream()
        .filter(one -> one.getString("kind").equals(kind))
        .filter(one -> one.getJsonObject("metadata").getString("name").equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static JsonObject pod(String deployment) throws IOException {
    return document("Deployment", deployment).getJsonObject("spec").getJsonObject("template");
  }

  private static JsonObject container(String deployment) throws IOException {
    return pod(deployment).getJsonObject("spec").getJsonArray("containers").getJsonObject(0);
  }

  private static Configuration configuration() throws IOException {
    JsonObject data = document("ConfigMap", "upper").getJsonObject("data");
    return Configuration.of(new JsonObject(data.getString("upper.json")));
  }

  @Test
  void theConfigurationIsThatOfAGatewayInAPod() throws IOException {
    Configuration configuration = configuration();
    assertTrue(configuration.clustered());
    assertEquals("upper-members", configuration.cluster().serviceDns());
    assertEquals("0.0.0.0", configuration.admin().host());
    assertNull(configuration.cluster().secret());
  }

  @Test
  void theHeadlessServiceListsEveryMember() throws IOException {
    JsonObject service = document("Service", "upper-members").getJsonObject("spec");
    assertEquals("None", service.getString("clusterIP"));
    assertTrue(service.getBoolean("publishNotReadyAddresses"));
    assertEquals(
        configuration().cluster().port(),
        service.getJsonArray("ports").getJsonObject(0).getInteger("port"));
    for (String deployment : List.of("upper-gateway", "upper-node")) {
      assertEquals(
          service.getJsonObject("selector").getString("app"),
          pod(deployment).getJsonObject("metadata").getJsonObject("labels").getString("app"));
    }
    JsonObject clients = document("Service", "upper-gateway").getJsonObject("spec");
    assertEquals("gateway", clients.getJsonObject("selector").getString("role"));
  }

  @ParameterizedTest
  @CsvSource({"upper-gateway, serve", "upper-node, node"})
  void aPodKnowsItsAddressItsSecretAndWhenItIsReady(String name, String command)
      throws IOException {
    JsonObject container = container(name);
    assertEquals(
        List.of(command, "-conf", "/etc/upper/cluster/upper.json"),
        container.getJsonArray("args").getList());
    JsonArray environment = container.getJsonArray("env");
    assertEquals("UPPER_CLUSTER_HOST", environment.getJsonObject(0).getString("name"));
    assertEquals(
        "status.podIP",
        environment
            .getJsonObject(0)
            .getJsonObject("valueFrom")
            .getJsonObject("fieldRef")
            .getString("fieldPath"));
    assertEquals("UPPER_CLUSTER_SECRET", environment.getJsonObject(1).getString("name"));
    assertTrue(environment.getJsonObject(1).getJsonObject("valueFrom").containsKey("secretKeyRef"));
    assertEquals("/health/ready", path(container, "readinessProbe"));
    assertEquals("/health/live", path(container, "livenessProbe"));
    assertEquals(
        document("Deployment", name)
            .getJsonObject("spec")
            .getJsonObject("selector")
            .getJsonObject("matchLabels"),
        pod(name).getJsonObject("metadata").getJsonObject("labels"));
  }

  private static String path(JsonObject container, String probe) {
    return container.getJsonObject(probe).getJsonObject("httpGet").getString("path");
  }

  @ParameterizedTest
  @CsvSource({"upper-gateway", "upper-node"})
  void theGracePeriodCoversTheDrain(String name) throws IOException {
    int grace = pod(name).getJsonObject("spec").getInteger("terminationGracePeriodSeconds");
    assertTrue(grace > PRE_STOP_SECONDS + configuration().drainSeconds() + 5, grace + " s");
    assertEquals(
        List.of("sleep", "" + PRE_STOP_SECONDS),
        container(name)
            .getJsonObject("lifecycle")
            .getJsonObject("preStop")
            .getJsonObject("exec")
            .getJsonArray("command")
            .getList());
  }

  @Test
  void nodesAreReplacedOneByOne() throws IOException {
    JsonObject update =
        document("Deployment", "upper-node")
            .getJsonObject("spec")
            .getJsonObject("strategy")
            .getJsonObject("rollingUpdate");
    assertEquals(0, update.getInteger("maxUnavailable"));
    assertEquals(1, update.getInteger("maxSurge"));
  }

  @Test
  void composeStartsAGatewayAndThreeNodes() throws IOException {
    JsonObject services = documents(COMPOSE).get(0).getJsonObject("services");
    JsonObject gateway = services.getJsonObject("gateway");
    JsonArray command = gateway.getJsonArray("command");
    assertEquals("serve", command.getString(0));
    assertTrue(Configuration.of(new JsonObject(command.getString(2))).clustered());
    assertEquals("gateway", gateway.getJsonObject("environment").getString("UPPER_CLUSTER_HOST"));
    JsonObject node = services.getJsonObject("node");
    assertEquals(3, node.getJsonObject("deploy").getInteger("replicas"));
    assertTrue(node.getJsonArray("entrypoint").getString(2).endsWith("/opt/upper/upper.jar node"));
    assertEquals(
        "[\"gateway\"]", node.getJsonObject("environment").getString("UPPER_CLUSTER_MEMBERS"));
    assertTrue(
        Files.exists(
            Path.of("deploy", node.getJsonObject("build").getString("context"))
                .resolve(node.getJsonObject("build").getString("dockerfile"))));
  }
}
