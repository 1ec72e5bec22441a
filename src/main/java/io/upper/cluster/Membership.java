package io.upper.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import io.upper.config.ClusterSettings;
import io.upper.net.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.function.Consumer;

/**
 * This process as a member of the cluster. Create it before its Vert.x, which it {@link
 * #configure}s; use the rest once that Vert.x is built clustered. Any thread may call.
 */
public final class Membership {
  // Instead of 20 s and 60 s: a peer that is gone is found by our own heartbeat much earlier.
  private static final long PING_MILLIS = 2_000;
  private static final int CONNECT_MILLIS = 2_000;

  private final ClusterSettings settings;
  private final String address;
  private final HazelcastClusterManager manager;
  private JobNode ownNode;

  /**
   * Prepares to join; resolves the own host, which blocks.
   *
   * @throws io.upper.config.ConfigurationException if the settings are not safe, or the host is
   *     unknown
   */
  public Membership(ClusterSettings settings) {
    settings.requireSafety();
    this.settings = settings;
    this.address = HazelcastConfig.addressOf(settings.host());
    this.manager = new HazelcastClusterManager(HazelcastConfig.of(settings, address));
  }

  ClusterSettings settings() {
    return settings;
  }

  /** Makes a Vert.x that is not built yet join the cluster; {@code buildClustered} then does. */
  public VertxBuilder configure(VertxOptions options, VertxBuilder builder) {
    EventBusOptions bus =
        options
            .getEventBusOptions()
            .setHost(address)
            .setPort(0)
            .setConnectTimeout(CONNECT_MILLIS)
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PING_MILLIS);
    ClusterSettings.Tls tls = settings.tls();
    if (tls != null) {
      bus.setSsl(true)
          .setClientAuth(ClientAuth.REQUIRED)
          .setKeyCertOptions(
              new PemKeyCertOptions().setCertPath(tls.certificate()).setKeyPath(tls.key()))
          .setTrustOptions(new PemTrustOptions().addCertPath(tls.ca()));
    }
    return builder.withClusterManager(manager);
  }

  /** Starts the gateway of a process, and its own node if it works too. */
  public Future<Gateway> startGateway(Vertx vertx) {
    Future<Void> node = Future.succeededFuture();
    if (settings.work()) {
      ownNode = node(vertx);
      node = ownNode.start();
    }
    Gateway gateway =
        new Gateway(
            vertx,
            addresses(),
            proof(),
            ownNode == null ? null : ownNode.id(),
            this::addressOfMember);
    onMemberRemoved(gateway::memberRemoved);
    gateway.install();
    return node.compose(v -> gateway.start()).map(gateway);
  }

  /** This process is about to stop: other gateways send it no more jobs. */
  public void announceLeave() {
    if (ownNode != null) {
      ownNode.announceLeave();
    }
  }

  JobNode node(Vertx vertx) {
    return new JobNode(
        vertx, addresses(), proof(), ownAddress(), this::ownMember, settings.workers());
  }

  private BusAddresses addresses() {
    return new BusAddresses(settings.name());
  }

  private Proof proof() {
    return new Proof(settings.name(), settings.secret());
  }

  private String ownMember() {
    return self().getUuid().toString();
  }

  private String ownAddress() {
    return text(self());
  }

  private Member self() {
    return manager.getHazelcastInstance().getCluster().getLocalMember();
  }

  private static String text(Member member) {
    return Addresses.text(member.getAddress().getHost(), member.getAddress().getPort());
  }

  private String addressOfMember(String id) {
    return manager.getHazelcastInstance().getCluster().getMembers().stream()
        .filter(member -> member.getUuid().toString().equals(id))
        .map(Membership::text)
        .findFirst()
        .orElse("an unknown address");
  }

  private void onMemberRemoved(Consumer<String> removed) {
    manager
        .getHazelcastInstance()
        .getCluster()
        .addMembershipListener(
            new MembershipAdapter() {
              @Override
              public void memberRemoved(MembershipEvent event) {
                removed.accept(event.getMember().getUuid().toString());
              }
            });
  }
}
