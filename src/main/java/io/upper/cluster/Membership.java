package io.upper.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipAdapter;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.config.Config;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of the cluster. Create it before its Vert.x, which it {@link
 * #configure}s; use the rest once that Vert.x is built clustered. Any thread may call.
 */
public final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

  // Instead of 20 s and 60 s: a peer that is gone is found by our own heartbeat much earlier.
  private static final long PING_MILLIS = 2_000;
  private static final int CONNECT_MILLIS = 2_000;
  private static final long SEARCH_MILLIS = 5_000;

  private final ClusterSettings settings;
  private final String address;
  private final Config config;
  private final HazelcastClusterManager manager;
  private final AtomicBoolean searching = new AtomicBoolean();
  private JobNode ownNode;

  /**
   * Prepares a gateway to join; resolves the own host, which blocks.
   *
   * @throws io.upper.config.ConfigurationException if the settings are not safe, or the host is
   *     unknown
   */
  public static Membership ofGateway(ClusterSettings settings) {
    return new Membership(settings, HazelcastClusterManager::new);
  }

  /** As {@link #ofGateway}, for a job node. */
  public static Membership ofNode(ClusterSettings settings) {
    return new Membership(settings, NodeClusterManager::new);
  }

  private Membership(ClusterSettings settings, Function<Config, HazelcastClusterManager> manager) {
    settings.requireSafety();
    this.settings = settings;
    this.address = HazelcastConfig.addressOf(settings.host());
    this.config = HazelcastConfig.of(settings, address);
    this.manager = manager.apply(config);
  }

  ClusterSettings settings() {
    return settings;
  }

  /**
   * Makes a Vert.x that is not built yet join the cluster; {@code buildClustered} then does. Blocks
   * while it looks for members on the own machine.
   */
  public VertxBuilder configure(VertxOptions options, VertxBuilder builder) {
    if (HazelcastConfig.isSearched(settings)) {
      HazelcastConfig.searchBeforeJoin(config, settings, address);
    }
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

  /**
   * Once joined: from time to time finds parts of the cluster that formed apart on this machine, so
   * that Hazelcast joins them.
   */
  public void searchForOthers(Vertx vertx) {
    if (HazelcastConfig.isSearched(settings)) {
      HazelcastConfig.setMembers(config, address, List.of());
      vertx.setPeriodic(SEARCH_MILLIS, timer -> searchOnce(vertx));
    }
  }

  private void searchOnce(Vertx vertx) {
    if (!searching.compareAndSet(false, true)) {
      return;
    }
    vertx
        .executeBlocking(this::search)
        .onComplete(v -> searching.set(false))
        .onFailure(e -> LOG.debug("the search for other members fails: {}", e.toString()));
  }

  /** Only the oldest member asks others to become one cluster. */
  private Void search() {
    if (members().iterator().next().localMember()) {
      HazelcastConfig.searchForOthers(config, settings, address, knownPorts());
    }
    return null;
  }

  private Set<Integer> knownPorts() {
    return members().stream()
        .filter(member -> member.getAddress().getHost().equals(address))
        .map(member -> member.getAddress().getPort())
        .collect(Collectors.toSet());
  }

  private Set<Member> members() {
    return manager.getHazelcastInstance().getCluster().getMembers();
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
