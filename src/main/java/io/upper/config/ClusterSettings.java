package io.upper.config;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The section {@code cluster}: how this process joins the cluster of gateways and job nodes.
 *
 * @param name the cluster's name; others do not join it
 * @param host the own name or address, on which the cluster and the event bus listen
 * @param port of the cluster, 0 to 65535; if it is taken, the next free one of {@link #PORTS_AFTER}
 *     is
 * @param members names or addresses of other members, with or without {@code :port}; empty: {@code
 *     host} only
 * @param serviceDns DNS name of a headless service of Kubernetes, instead of {@code members}; or
 *     null
 * @param secret what gateways and job nodes prove to each other to have; null: none
 * @param tls of the event bus; null: plain
 * @param workers threads of a job node, at least 1
 * @param work whether a gateway is a job node too
 */
public record ClusterSettings(
    String name,
    String host,
    int port,
    List<String> members,
    String serviceDns,
    String secret,
    Tls tls,
    int workers,
    boolean work) {

  /** Ports that are tried after {@code port}. */
  public static final int PORTS_AFTER = 99;

  private static final int MAX_PORT = 65_535;
  private static final int MAX_WORKERS = 10_000;
  private static final String SECRET = "secret";
  private static final String MASK = "***";

  /** PEM files of the event bus: the own certificate and key, and the CA of all members. */
  public record Tls(String certificate, String key, String ca) {}

  static ClusterSettings read(Section section) {
    Section kubernetes = section.section("kubernetes");
    Section tls = section.section("tls");
    List<String> members = section.optionalTexts("members");
    ClusterSettings settings =
        new ClusterSettings(
            section.text("name"),
            section.text("host"),
            section.integer("port", 0, MAX_PORT),
            members == null ? List.of() : members,
            kubernetes.optionalText("serviceDns"),
            section.secret(SECRET),
            readTls(tls),
            section.integer("workers", 1, MAX_WORKERS),
            section.flag("work"));
    kubernetes.end();
    tls.end();
    section.end();
    return settings;
  }

  private static Tls readTls(Section section) {
    Tls tls =
        new Tls(
            section.optionalText("certificate"),
            section.optionalText("key"),
            section.optionalText("ca"));
    long given = Stream.of(tls.certificate, tls.key, tls.ca).filter(Objects::nonNull).count();
    if (given == 1 || given == 2) {
      throw new ConfigurationException(
          section.pointer() + ": certificate, key and ca are given together, or none of them");
    }
    return given == 0 ? null : tls;
  }

  /** Whether only this machine reaches it. */
  public boolean isLoopback() {
    String address = host.toLowerCase(Locale.ROOT);
    return address.equals("localhost")
        || address.equals("::1")
        || address.matches("127(\\.\\d{1,3}){3}");
  }

  /**
   * Checks that strangers cannot become job nodes.
   *
   * @throws ConfigurationException if others reach it and there is no secret
   */
  public void requireSafety() {
    if (secret == null && !isLoopback()) {
      throw new ConfigurationException(
          "/cluster/secret: null, but other machines reach /cluster/host "
              + host
              + ": give all members the same secret");
    }
  }

  /** A setting's value as it may be printed: never a secret. */
  public static Object printable(List<String> setting, Object value) {
    return value != null && setting.get(setting.size() - 1).equals(SECRET) ? MASK : value;
  }

  /** Whether a variable's text is never parsed as JSON, and so never quoted in an error. */
  static boolean isSecret(String key) {
    return key.equals(SECRET);
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return "cluster " + name + " on " + host + ":" + port;
  }
}
