package io.upper.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import io.upper.config.ClusterSettings;
import io.upper.config.ConfigurationException;
import io.upper.net.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/** The configuration of Hazelcast, which knows the members of the cluster and their addresses. */
final class HazelcastConfig {
  // A member without a port is looked for on these ports from cluster.port on. Another machine that
  // is down takes a timeout for each.
  private static final int LOOPBACK_PORTS = ClusterSettings.PORTS_AFTER + 1;
  private static final int REMOTE_PORTS = 3;

  private HazelcastConfig() {}

  static Config of(ClusterSettings settings, String address) {
    Config config = new Config().setClusterName(settings.name());
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.health.monitoring.level", "OFF");
    // Few partitions: the cluster holds only addresses, and moves them when members come and go.
    config.setProperty("hazelcast.partition.count", "31");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.socket.connect.timeout.seconds", "2");
    // Clusters that formed apart, or were cut, become one after seconds instead of minutes.
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "30");
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "10");
    // An operation on a member that is gone is repeated, not waited for.
    config.setProperty("hazelcast.operation.call.timeout.millis", "5000");
    config.setProperty("hazelcast.tcp.join.port.try.count", String.valueOf(ports(settings)));
    config.getMetricsConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
    network(config.getNetworkConfig(), settings, address);
    // As in the default-cluster.xml of vertx-hazelcast.
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    return config;
  }

  private static void network(NetworkConfig network, ClusterSettings settings, String address) {
    network
        .setPort(settings.port())
        .setPortCount(LOOPBACK_PORTS)
        .setPortAutoIncrement(true)
        .getInterfaces()
        .setEnabled(true)
        .addInterface(address);
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    if (settings.serviceDns() != null) {
      join.getKubernetesConfig()
          .setEnabled(true)
          .setProperty("service-dns", settings.serviceDns())
          .setProperty("service-port", String.valueOf(settings.port()));
    } else {
      List<String> members = settings.members().isEmpty() ? List.of(address) : settings.members();
      join.getTcpIpConfig().setEnabled(true).setMembers(members);
    }
  }

  /** Whether members are looked for on the own address only. */
  static boolean isSearched(ClusterSettings settings) {
    return settings.serviceDns() == null && settings.members().isEmpty();
  }

  /** Before joining: says where members may be. Blocks while it asks. */
  static void searchBeforeJoin(Config config, ClusterSettings settings, String address) {
    setMembers(
        config, address, MemberScan.candidates(literal(address), settings.port(), ports(settings)));
  }

  /**
   * Once joined: says where members are that are not {@code known}, by their ports. Blocks while it
   * asks.
   */
  static void searchForOthers(
      Config config, ClusterSettings settings, String address, Set<Integer> known) {
    setMembers(
        config,
        address,
        MemberScan.others(literal(address), settings.port(), ports(settings), known));
  }

  /** Hazelcast reads them at each search. */
  static void setMembers(Config config, String address, List<Integer> ports) {
    config
        .getNetworkConfig()
        .getJoin()
        .getTcpIpConfig()
        .setMembers(ports.stream().map(port -> Addresses.text(address, port)).toList());
  }

  private static int ports(ClusterSettings settings) {
    return settings.isLoopback() ? LOOPBACK_PORTS : REMOTE_PORTS;
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(address + " is no address", e);
    }
  }

  /** The address of the own host; blocks. */
  static String addressOf(String host) {
    try {
      return InetAddress.getByName(host).getHostAddress();
    } catch (UnknownHostException e) {
      throw new ConfigurationException("/cluster/host: " + host + ": the name is unknown");
    }
  }
}
