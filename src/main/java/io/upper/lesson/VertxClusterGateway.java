package io.upper.lesson;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Locale;

/**
 * A TCP server without work of its own: a clustered {@link EventBus} carries each request to a
 * worker in another process. Hazelcast knows the processes; here all are on this machine. A second
 * argument is a number of workers in the gateway itself.
 *
 * <pre>
 * ./upper lesson vertx-cluster-gateway 2000
 * ./upper lesson vertx-cluster-worker 2000
 * echo hello | ./upper lesson tcp-client localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> none
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A reply is lost when the worker dies: the request fails after thirty seconds. {@code
 *       io.upper.cluster.Gateway} keeps each request, and gives it to another worker.
 *   <li>The workers receive requests in turn, even a busy one: {@code io.upper.cluster.NodeLinks}
 *       chooses the least loaded.
 *   <li>When a client half-closes, Vert.x closes the connection and the pending reply is lost
 *       (hence not {@code nc -N}): {@code io.upper.server.HalfClose} keeps it open meanwhile.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxClusterWorker}
 */
public final class VertxClusterGateway extends VerticleBase {
  private static final String LOOPBACK = "127.0.0.1";
  private static final String ADDRESS = "upper.text";

  @Override
  public Future<?> start() {
    return vertx
        .createNetServer()
        .connectHandler(client -> client.handler(text -> serve(client, text)))
        .listen(config().getInteger("port", 2000))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()));
  }

  private void serve(NetSocket client, Buffer text) {
    client.pause();
    vertx
        .eventBus()
        .<Buffer>request(ADDRESS, text)
        .compose(reply -> client.write(reply.body()))
        .onSuccess(sent -> client.resume())
        .onFailure(cause -> client.close());
  }

  private static Buffer upper(Buffer text) {
    return Buffer.buffer(text.toString().toUpperCase(Locale.ROOT));
  }

  private static Config cluster(String name) {
    Config config = new Config().setClusterName(name);
    System.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.tcp.join.port.try.count", "100"); // Others have some of them.
    config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface(LOOPBACK);
    JoinConfig join = config.getNetworkConfig().getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig().setEnabled(true).addMember(LOOPBACK);
    return config;
  }

  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    int workers = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    VertxOptions bus = new VertxOptions();
    bus.getEventBusOptions().setHost(LOOPBACK);
    HazelcastClusterManager manager = new HazelcastClusterManager(cluster("upper-" + port));
    Vertx vertx = Vertx.builder().with(bus).withClusterManager(manager).buildClustered().await();
    for (int i = 0; i < workers; i++) {
      vertx.eventBus().<Buffer>consumer(ADDRESS, text -> text.reply(upper(text.body())));
    }
    JsonObject config = new JsonObject().put("port", port);
    DeploymentOptions deployment = new DeploymentOptions().setConfig(config);
    vertx.deployVerticle(new VertxClusterGateway(), deployment).await();
  }
}
