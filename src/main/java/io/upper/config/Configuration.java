package io.upper.config;

import io.upper.net.FileDescriptors;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole configuration, complete and checked.
 *
 * @param json the document that it was read from, with every default filled in
 * @param processes server processes that share the ports; 1 for this one alone
 * @param transport how the sockets of all servers are served
 */
public record Configuration(
    JsonObject json,
    int processes,
    TransportKind transport,
    ServerSettings tcp,
    ServerSettings udp,
    ServerSettings tls,
    int drainSeconds,
    AccessLogFormat accessLog,
    Admin admin) {

  private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);
  private static final int MAX_PROCESSES = 256;
  private static final int MAX_PORT = 65_535;
  private static final int DESCRIPTORS_OF_JVM = 200;
  private static final List<String> SHARED_SETTINGS = List.of("job", "drainSeconds");

  /**
   * The port for health and metrics.
   *
   * @param port 0 to 65535; 0 takes a free port; of several processes each next one takes the next
   */
  public record Admin(boolean enabled, String host, int port) {}

  /**
   * Reads a configuration; what is missing has its default.
   *
   * @throws ConfigurationException naming the first setting that cannot be
   */
  public static Configuration of(JsonObject given) {
    JsonObject json = Defaults.document().mergeIn(given, true);
    return read(json, new Section(json, ""));
  }

  /**
   * The JSON schema of the documents that {@link #of} takes, made by reading one. Rules that
   * concern several settings, such as a job's kind and time, are not in it.
   */
  public static JsonObject schema() {
    Schema schema = new Schema();
    read(Defaults.document(), new Section(Defaults.document(), "", schema));
    return schema.document();
  }

  private static Configuration read(JsonObject json, Section root) {
    ServerSettings.Common common = ServerSettings.Common.read(root);
    int processes = root.count("processes", MAX_PROCESSES);
    Configuration configuration =
        new Configuration(
            json,
            processes,
            root.choice("transport", TransportKind.values(), TransportKind::word),
            readServer(Protocol.TCP, root, common),
            readServer(Protocol.UDP, root, common),
            readServer(Protocol.TLS, root, common),
            common.drainSeconds(),
            root.choice("accessLog", AccessLogFormat.values(), AccessLogFormat::word),
            readAdmin(root.section("admin"), processes));
    root.end();
    return configuration;
  }

  private static ServerSettings readServer(
      Protocol protocol, Section root, ServerSettings.Common common) {
    Section section = root.section(protocol.word());
    ServerSettings settings = ServerSettings.read(protocol, section, common);
    section.end();
    return settings;
  }

  private static Admin readAdmin(Section section, int processes) {
    Admin admin =
        new Admin(
            section.flag("enabled"), section.text("host"), section.integer("port", 0, MAX_PORT));
    section.end();
    int last = admin.port() + processes - 1;
    if (admin.enabled() && admin.port() > 0 && last > MAX_PORT) {
      throw new ConfigurationException(
          String.format(
              Locale.ROOT,
              "/admin/port: %d and the %d after it, one for each process, are not in 0..%d",
              admin.port(),
              processes - 1,
              MAX_PORT));
    }
    return admin;
  }

  /**
   * Checks that there is something to serve.
   *
   * @throws ConfigurationException if no server is enabled
   */
  public void requireAServer() {
    if (servers().isEmpty()) {
      throw new ConfigurationException("/tcp/enabled, /udp/enabled, /tls/enabled: none is true");
    }
  }

  /** The servers that are enabled. */
  public List<ServerSettings> servers() {
    return Stream.of(tcp, udp, tls).filter(ServerSettings::enabled).toList();
  }

  /** The settings of one server, enabled or not. */
  public ServerSettings server(Protocol protocol) {
    return switch (protocol) {
      case TCP -> tcp;
      case UDP -> udp;
      case TLS -> tls;
    };
  }

  /**
   * Tells which connections a process of this configuration cannot have, for a warning. The default
   * of {@code maxConnections} may be more than the system allows.
   *
   * @param given what was configured, without defaults
   * @param limit file descriptors of a process
   */
  Optional<String> descriptorShortage(JsonObject given, int limit) {
    List<ServerSettings> configured =
        Stream.of(tcp, tls)
            .filter(ServerSettings::enabled)
            .filter(server -> isGiven(given, server.protocol().word(), "maxConnections"))
            .toList();
    long connections = configured.stream().mapToLong(ServerSettings::maxConnections).sum();
    long needed = connections / processes + DESCRIPTORS_OF_JVM;
    return configured.isEmpty() || needed <= limit
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "%s: %d connections%s need %d file descriptors, but %d are allowed: raise the limit (%s)",
                configured.stream()
                    .map(server -> "/" + server.protocol().word() + "/maxConnections")
                    .collect(Collectors.joining(", ")),
                connections,
                processes == 1 ? "" : " in " + processes + " processes",
                needed,
                limit,
                FileDescriptors.HOW_TO_RAISE));
  }

  private static boolean isGiven(JsonObject given, String section, String key) {
    return given.getValue(section) instanceof JsonObject server && server.containsKey(key);
  }

  /** What is different in another configuration. */
  public List<Change> changesTo(Configuration other) {
    return Change.between(json, other.json);
  }

  /** This configuration without some of the changes that led to it. */
  public Configuration without(Stream<Change> changes) {
    JsonObject document = json.copy();
    changes.forEach(change -> change.undo(document));
    return of(document);
  }

  /** Another configuration without the changes that need a restart, each of which is logged. */
  public Configuration withoutRestart(Configuration next, Predicate<Change> needsRestart) {
    List<Change> fixed = changesTo(next).stream().filter(needsRestart).toList();
    fixed.forEach(change -> LOG.warn("{} needs a restart", change));
    return next.without(fixed.stream());
  }

  /** What a server's verticle is deployed with: its section, and what all servers share. */
  static JsonObject verticleConfig(JsonObject json, Protocol protocol) {
    JsonObject config = json.getJsonObject(protocol.word()).copy();
    Stream.concat(SHARED_SETTINGS.stream(), Services.sections().stream())
        .forEach(shared -> config.put(shared, json.getValue(shared)));
    return config.copy();
  }
}
