package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * A gateway and a job node in this process, each with a Vert.x of its own, so that the class
 * archive has what both need: a node takes a third less processor time to its first job. Blocks.
 */
final class ClusterRehearsal {
  private static final String HOST = "127.0.0.1";

  private ClusterRehearsal() {}

  /**
   * @param ask sends a request to a port, over TCP
   * @param patienceSeconds for each step
   */
  static void run(IntConsumer ask, long patienceSeconds) throws Exception {
    Configuration configuration = configuration(freePort());
    ClusterPart gateway = ClusterPart.gateway(configuration);
    Vertx front = join(gateway, patienceSeconds);
    try {
      gateway.joined(front, null);
      ClusterPart node = ClusterPart.node(configuration);
      Vertx back = join(node, patienceSeconds);
      try {
        back.deployVerticle(node.verticle()).await(patienceSeconds, TimeUnit.SECONDS);
        node.welcomed().await(patienceSeconds, TimeUnit.SECONDS);
        MainVerticle servers = new MainVerticle(configuration);
        front.deployVerticle(servers).await(patienceSeconds, TimeUnit.SECONDS);
        ask.accept(servers.actualPort(Protocol.TCP));
      } finally {
        back.close().await(patienceSeconds, TimeUnit.SECONDS);
      }
    } finally {
      front.close().await(patienceSeconds, TimeUnit.SECONDS);
    }
  }

  private static Vertx join(ClusterPart part, long patienceSeconds) {
    VertxOptions options = new VertxOptions();
    return ClusterPart.join(
        part.configure(options, Vertx.builder().with(options)), patienceSeconds);
  }

  /** Far from the ports of real clusters, whose members would log that it is another one. */
  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    }
  }

  private static Configuration configuration(int clusterPort) {
    JsonObject off = new JsonObject().put("enabled", false);
    return Configuration.of(
        new JsonObject()
            .put("tcp", new JsonObject().put("host", HOST).put("port", 0).put("model", "cluster"))
            .put("udp", off)
            .put("tls", off)
            .put("drainSeconds", 1)
            .put(
                "cluster",
                new JsonObject()
                    .put("name", "rehearsal-" + UUID.randomUUID())
                    .put("host", HOST)
                    .put("port", clusterPort)));
  }
}
