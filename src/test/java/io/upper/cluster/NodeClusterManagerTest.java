package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import io.upper.FreePort;
import io.upper.config.Configuration;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who holds the addresses of the event bus: a lite member of Hazelcast does not. */
@Timeout(300)
@Tag("slow")
@Tag("one-jdk")
class NodeClusterManagerTest {
  private static final String ADDRESS = "node";

  private final int port = FreePort.ofSuccessive(4);
  private final List<Vertx> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (Vertx vertx : open) {
      vertx.close().await(60, TimeUnit.SECONDS);
    }
  }

  private Config config() {
    JsonObject cluster = new JsonObject().put("name", "test-" + port).put("port", port);
    Configuration configuration = Configuration.of(new JsonObject().put("cluster", cluster));
    Config config = HazelcastConfig.of(configuration.cluster(), "127.0.0.1");
    HazelcastConfig.setMembers(config, "127.0.0.1", List.of(port, port + 1, port + 2, port + 3));
    return config;
  }

  private Vertx join(HazelcastClusterManager manager) throws Exception {
    Vertx vertx =
        Vertx.builder().withClusterManager(manager).buildClustered().await(120, TimeUnit.SECONDS);
    open.add(vertx);
    return vertx;
  }

  private Vertx gateway() throws Exception {
    return join(new HazelcastClusterManager(config()));
  }

  private void leave(Vertx vertx) throws Exception {
    open.remove(vertx);
    vertx.close().await(60, TimeUnit.SECONDS);
  }

  private static boolean isLite(HazelcastClusterManager manager) {
    return local(manager).isLiteMember();
  }

  private static Member local(HazelcastClusterManager manager) {
    return manager.getHazelcastInstance().getCluster().getLocalMember();
  }

  /** Again, while the address is not known yet. */
  private static String ask(Vertx gateway) throws Exception {
    while (true) {
      try {
        return gateway
            .eventBus()
            .<String>request(ADDRESS, "who?")
            .await(60, TimeUnit.SECONDS)
            .body();
      } catch (ReplyException e) {
        assertEquals(ReplyFailure.NO_HANDLERS, e.failureType());
        Thread.sleep(50);
      }
    }
  }

  private static void answer(Vertx node, String name) throws Exception {
    node.eventBus()
        .<String>consumer(ADDRESS, question -> question.reply(name))
        .completion()
        .await(60, TimeUnit.SECONDS);
  }

  @Test
  void aNodeHoldsThemOnlyWithoutAGateway() throws Exception {
    Vertx first = gateway();
    NodeClusterManager manager = new NodeClusterManager(config());
    Vertx node = join(manager);
    answer(node, "a node");
    assertTrue(isLite(manager), "it holds addresses that a gateway holds");
    assertEquals("a node", ask(first));

    leave(first);
    // The next gateway finds the node's address, which only the node has now.
    Vertx second = gateway();
    assertEquals("a node", ask(second));
    assertFalse(isLite(manager), "nobody held the addresses");
  }

  @Test
  void aNodeThatComesFirstHoldsThem() throws Exception {
    NodeClusterManager manager = new NodeClusterManager(config());
    Vertx node = join(manager);
    answer(node, "the first");
    assertFalse(isLite(manager));
    NodeClusterManager other = new NodeClusterManager(config());
    join(other);
    assertTrue(isLite(other), "one is enough");
    assertEquals("the first", ask(gateway()));
  }
}
