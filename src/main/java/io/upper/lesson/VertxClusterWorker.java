package io.upper.lesson;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Locale;

/**
 * A worker of {@link VertxClusterGateway}: a consumer at an address of the clustered {@link
 * EventBus}. Several take turns; they may come and go. The argument is the gateway's port, after
 * which their cluster is named.
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
 *   <li>At SIGTERM the requests that it has are lost: {@code io.upper.cluster.JobNode} announces
 *       that it leaves, finishes them, and leaves.
 *   <li>Its work must not block, since an event loop does it: a job node has threads for that.
 *   <li>Whoever reaches Hazelcast's port becomes a member, and may ask and reply: {@code
 *       io.upper.cluster.Proof} shows that a process has the secret of its cluster.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxClient}
 */
public final class VertxClusterWorker extends VerticleBase {
  private static final String LOOPBACK = "127.0.0.1";

  @Override
  public Future<?> start() {
    return vertx
        .eventBus()
        .<Buffer>consumer("upper.text", message -> message.reply(upper(message.body())))
        .completion();
  }

  private static Buffer upper(Buffer text) {
    System.out.println("process " + ProcessHandle.current().pid() + " has a message");
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
    String name = "upper-" + (args.length > 0 ? Integer.parseInt(args[0]) : 2000);
    VertxOptions bus = new VertxOptions();
    bus.getEventBusOptions().setHost(LOOPBACK);
    HazelcastClusterManager manager = new HazelcastClusterManager(cluster(name));
    Vertx vertx = Vertx.builder().with(bus).withClusterManager(manager).buildClustered().await();
    vertx.deployVerticle(new VertxClusterWorker()).await();
    System.out.println("listening on cluster " + name);
  }
}
