package io.upper.config;

import io.upper.job.Job;
import io.upper.net.Addresses;
import io.upper.service.ConfiguredService;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The settings of one server.
 *
 * @param host the name or address to listen on
 * @param port 0 to 65535; 0 takes a free port
 * @param unix TCP and TLS: the Unix domain socket to listen on in place of host and port, or null
 * @param instances number of event loops, which share the port
 * @param reusePort whether other processes may share the port (SO_REUSEPORT; native transports
 *     only)
 * @param backlog TCP and TLS: connections that may wait to be accepted; the system caps it
 *     (net.core.somaxconn)
 * @param proxyProtocol TCP and TLS: whether each connection begins with a PROXY header, version 1
 *     or 2, with the address of the client behind the proxy
 * @param maxConnections TCP and TLS: more are closed at once; those in their handshake count
 * @param idleTimeoutSeconds TCP and TLS: time after which an idle connection is closed; 0 for never
 * @param maxWaitMillis how long a request, or a client, may wait for a thread or a process before
 *     it is given up; 0 for no limit
 * @param maxPending UDP: datagrams in flight; more are dropped
 * @param ratePerSource UDP: datagrams per second from one address; more are dropped; 0 for no limit
 * @param burstPerSource UDP: datagrams that it may send at once
 * @param tls null except for TLS
 * @param drainSeconds how long requests in flight may take when the server stops
 */
public record ServerSettings(
    Protocol protocol,
    boolean enabled,
    String host,
    int port,
    UnixSocket unix,
    int instances,
    boolean reusePort,
    ModelSettings model,
    int backlog,
    boolean proxyProtocol,
    int maxConnections,
    int idleTimeoutSeconds,
    int maxWaitMillis,
    int maxPending,
    int ratePerSource,
    int burstPerSource,
    Tls tls,
    Job job,
    ConfiguredService service,
    int drainSeconds) {

  public static final int MAX_INSTANCES = 256;
  // The launcher waits two minutes for Vert.x to close.
  private static final int MAX_DRAIN_SECONDS = 100;
  private static final int MAX_MILLIS = 600_000;
  private static final int MAX_RATE = 1_000_000;
  private static final int MAX_SECONDS = 86_400;

  /**
   * The settings of TLS.
   *
   * @param certificate path of the PEM certificate chain
   * @param key path of its PEM private key
   * @param certificates further pairs, each for clients that request a name in its certificate
   *     (SNI); all others get the first pair
   * @param engine the TLS implementation
   * @param clientCa path of the PEM CA certificates for client certificates; null: clients need
   *     none
   * @param generated whether the paths are the defaults, so that a missing pair is created
   */
  public record Tls(
      String certificate,
      String key,
      List<Pair> certificates,
      TlsEngineKind engine,
      String clientCa,
      int handshakeTimeoutSeconds,
      boolean generated) {

    /** All pairs, the one for clients without SNI first. */
    public List<Pair> pairs() {
      return Stream.concat(Stream.of(new Pair("/tls", certificate, key)), certificates.stream())
          .toList();
    }

    /** All certificate and key files. */
    public List<Path> files() {
      return Stream.concat(
              pairs().stream().flatMap(pair -> Stream.of(pair.certificate(), pair.key())),
              Stream.ofNullable(clientCa))
          .map(Path::of)
          .toList();
    }

    /** Whether both name the same files. */
    public boolean sameFiles(Tls other) {
      return pairs().equals(other.pairs()) && Objects.equals(clientCa, other.clientCa);
    }
  }

  /**
   * A certificate and its key.
   *
   * @param pointer the pair's JSON pointer
   */
  public record Pair(String pointer, String certificate, String key) {}

  /**
   * Reads the configuration of a server's verticle: the server's own section with {@code job},
   * {@code drainSeconds} and the services' sections beside it; missing settings have their
   * defaults.
   *
   * @throws ConfigurationException naming the first invalid setting
   */
  public static ServerSettings of(Protocol protocol, JsonObject config) {
    JsonObject json =
        Configuration.verticleConfig(Defaults.document(), protocol).mergeIn(config, true);
    Section root = new Section(json, "");
    Common common = Common.read(root);
    ServerSettings settings = read(protocol, root, common);
    root.end();
    return settings;
  }

  /** Protocol, host as configured, and port, or path: {@code tcp localhost:2000}. */
  public String address(int actualPort) {
    return protocol.word() + " " + (unix == null ? Addresses.text(host, actualPort) : unix);
  }

  /** These settings with another port, such as the actual one. */
  public ServerSettings withPort(int other) {
    return new ServerSettings(
        protocol,
        enabled,
        host,
        other,
        unix,
        instances,
        reusePort,
        model,
        backlog,
        proxyProtocol,
        maxConnections,
        idleTimeoutSeconds,
        maxWaitMillis,
        maxPending,
        ratePerSource,
        burstPerSource,
        tls,
        job,
        service,
        drainSeconds);
  }

  /** Maximum number of open connections or datagrams in flight. */
  public int maxConversations() {
    return protocol == Protocol.UDP ? maxPending : maxConnections;
  }

  /** Whether both need the same model. */
  public boolean sameModel(ServerSettings other) {
    return model.equals(other.model) && maxConversations() == other.maxConversations();
  }

  /** Whether the bind-time settings are the same. */
  public boolean sameInstances(ServerSettings other) {
    return proxyProtocol == other.proxyProtocol && sameTlsInstances(other);
  }

  private boolean sameTlsInstances(ServerSettings other) {
    return tls == null
        || tls.handshakeTimeoutSeconds == other.tls.handshakeTimeoutSeconds
            && tls.certificates.isEmpty() == other.tls.certificates.isEmpty();
  }

  /** The settings that all servers share. */
  record Common(Job job, Map<String, Map<String, Object>> services, int drainSeconds) {
    static Common read(Section root) {
      Section job = root.section("job");
      Job.Kind kind = job.choice("kind", Job.Kind.values(), Job.Kind::word);
      int millis = job.integer("millis", 0, MAX_MILLIS);
      job.end();
      if (kind == Job.Kind.NONE && millis > 0) {
        throw new ConfigurationException(
            "/job/millis: " + millis + " needs a kind of job: sleep or spin");
      }
      int drainSeconds = root.integer("drainSeconds", 0, MAX_DRAIN_SECONDS);
      return new Common(new Job(kind, millis), Services.settings(root), drainSeconds);
    }
  }

  static ServerSettings read(Protocol protocol, Section section, Common common) {
    boolean stream = protocol != Protocol.UDP;
    ModelSettings model = ModelSettings.read(section);
    ConfiguredService service = Services.choose(section, common.services);
    if (model.clustered() && !service.factory().repeatable()) {
      throw new ConfigurationException(
          section.pointer()
              + "/service: "
              + service.factory().word()
              + " does not go with the model "
              + model.word()
              + ": its requests cannot be repeated");
    }
    UnixSocket unix = stream ? UnixSocket.read(section) : null;
    if (unix != null && section.flag("reusePort")) {
      throw new ConfigurationException(
          section.pointer() + "/reusePort: a path cannot be shared with other processes");
    }
    return new ServerSettings(
        protocol,
        section.flag("enabled"),
        section.text("host"),
        section.integer("port", 0, 65_535),
        unix,
        section.count("instances", MAX_INSTANCES),
        section.flag("reusePort"),
        model,
        stream ? section.integer("backlog", 1, 65_535) : 0,
        stream && section.flag("proxyProtocol"),
        stream ? section.integer("maxConnections", 1, 10_000_000) : 0,
        stream ? section.integer("idleTimeoutSeconds", 0, MAX_SECONDS) : 0,
        section.integer("maxWaitMillis", 0, MAX_MILLIS),
        stream ? 0 : section.integer("maxPending", 1, 10_000_000),
        stream ? 0 : section.integer("ratePerSource", 0, MAX_RATE),
        stream ? 0 : section.integer("burstPerSource", 1, MAX_RATE),
        protocol == Protocol.TLS ? readTls(section) : null,
        common.job,
        service,
        common.drainSeconds);
  }

  private static Tls readTls(Section section) {
    JsonObject defaults = Defaults.document().getJsonObject(Protocol.TLS.word());
    String certificate = section.text("certificate");
    String key = section.text("key");
    return new Tls(
        certificate,
        key,
        section.sections("certificates").stream().map(ServerSettings::readPair).toList(),
        section.choice("engine", TlsEngineKind.values(), TlsEngineKind::word),
        section.optionalText("clientCa"),
        section.integer("handshakeTimeoutSeconds", 1, MAX_SECONDS),
        certificate.equals(defaults.getString("certificate"))
            && key.equals(defaults.getString("key")));
  }

  private static Pair readPair(Section section) {
    Pair pair = new Pair(section.pointer(), section.text("certificate"), section.text("key"));
    section.end();
    return pair;
  }
}
