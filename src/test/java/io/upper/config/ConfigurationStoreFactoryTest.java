package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.MainVerticle;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Through vertx-config an embedding program gets the configuration of {@code upper serve}. */
@ExtendWith(VertxExtension.class)
@Timeout(180)
class ConfigurationStoreFactoryTest {
  @TempDir private Path directory;

  private static ConfigRetriever retriever(Vertx vertx, String conf) {
    return ConfigRetriever.create(
        vertx,
        new ConfigRetrieverOptions()
            .setIncludeDefaultStores(false)
            .setScanPeriod(50)
            .addStore(
                new ConfigStoreOptions()
                    .setType("upper")
                    .setConfig(new JsonObject().put("conf", conf))));
  }

  @Test
  void theDocumentAndItsChangesAreThoseOfTheReader(Vertx vertx) throws Exception {
    Path file = Files.writeString(directory.resolve("my.json"), "{\"tcp\": {\"workers\": 6}}");
    ConfigRetriever retriever = retriever(vertx, file.toString());
    JsonObject document = retriever.getConfig().await();
    assertEquals(new ConfigurationReader(file.toString()).read().json(), document);

    Promise<JsonObject> changed = Promise.promise();
    retriever.listen(change -> changed.tryComplete(change.getNewConfiguration()));
    // An invalid one is no change.
    Files.writeString(file, "{\"tcp\": {\"workers\": -7}}");
    assertEquals(document, retriever.getConfig().await());
    Files.writeString(file, "{\"tcp\": {\"workers\": 7}}");
    JsonObject next = changed.future().await();
    assertEquals(new ConfigurationReader(file.toString()).read().json(), next);
    assertEquals(7, next.getJsonObject("tcp").getInteger("workers"));
    retriever.close().await();
  }

  @Test
  void anInvalidFileFailsTheFirstTime(Vertx vertx) throws Exception {
    Path file = Files.writeString(directory.resolve("my.json"), "{\"tcp\": {}, \"tcp\": {}}");
    ConfigRetriever retriever = retriever(vertx, file.toString());
    var failure = assertThrows(Exception.class, () -> retriever.getConfig().await());
    assertInstanceOf(ConfigurationException.class, failure);
    assertEquals(file + ": /tcp: duplicate key", failure.getMessage());
    retriever.close().await();
  }

  @Test
  void aMainVerticleThatIsDeployedByItselfIsConfiguredByItsDeployment(Vertx vertx)
      throws Exception {
    JsonObject config =
        new JsonObject(
            "{\"tcp\": {\"port\": 0, \"host\": \"127.0.0.1\"}, \"udp\": {\"enabled\": false},"
                + " \"tls\": {\"enabled\": false}}");
    MainVerticle verticle = new MainVerticle();
    vertx.deployVerticle(verticle, new DeploymentOptions().setConfig(config)).await();
    int port = verticle.actualPort(Protocol.TCP);
    try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
      socket.getOutputStream().write('a');
      assertEquals('A', socket.getInputStream().read());
    }
  }
}
