package io.upper.cli;

import io.upper.check.CheckCase;
import io.upper.check.Level;
import io.upper.check.StartedServer;
import io.upper.config.ConfigurationException;
import io.upper.net.Addresses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which server {@code upper check} grades, and with which cases. */
final class CheckOptions {
  // What an option without a value has.
  private static final String STARTED = "";

  private static final int CONNECT_MILLIS = 3000;

  @Parameters(
      paramLabel = "HOST:PORT | -- COMMAND",
      arity = "0..*",
      description =
          "A TCP server that runs (also unix:PATH), or a command that starts one: "
              + StartedServer.PORT
              + " in it becomes a free port.")
  private List<String> target = new ArrayList<>();

  @Option(
      names = "--udp",
      paramLabel = "HOST:PORT",
      arity = "0..1",
      fallbackValue = STARTED,
      description = "Grade it over UDP; without a value: the server that is started.")
  private String udp;

  @Option(
      names = "--tls",
      paramLabel = "HOST:PORT",
      arity = "0..1",
      fallbackValue = STARTED,
      description = "Grade it over TLS; without a value: the server that is started.")
  private String tls;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "The authority that signed the certificate (PEM); else it is not checked.")
  private Path ca;

  @Option(
      names = "--only",
      paramLabel = "ID",
      split = ",",
      description = "Run these cases or groups only: tcp/end, tcp/text/cut-2.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--skip",
      paramLabel = "ID",
      split = ",",
      description = "Do not run these cases or groups.")
  private List<String> skip = new ArrayList<>();

  @Option(
      names = "--level",
      paramLabel = "LEVEL",
      description = "basic, robust (default) or abuse.",
      converter = WordConverter.OfLevel.class)
  private Level level = Level.ROBUST;

  @Option(
      names = "--i-own-this-server",
      description = "Allow --level abuse against another machine.")
  private boolean own;

  @Option(names = "--full", description = "No time budget: every case in its full form.")
  private boolean full;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of the random texts; the default is a random one, and printed.")
  private Long seed;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** A protocol and where it is served; no host if the server is started. */
  record Asked(String protocol, String host, int port) {
    boolean started() {
      return host.equals(STARTED);
    }

    /**
     * The address of a name that accepts; of UDP the first.
     *
     * @throws IOException in one line, if there is none
     */
    SocketAddress address() throws IOException {
      if (Addresses.isPath(host)) {
        return UnixDomainSocketAddress.of(Addresses.path(host));
      }
      List<InetAddress> addresses;
      try {
        addresses = Addresses.resolve(host);
      } catch (UnknownHostException e) {
        throw new IOException(host + ": the name is unknown", e);
      }
      // No connection is spent where there is no choice.
      if (addresses.size() > 1 && !protocol.equals("udp")) {
        for (InetAddress address : addresses) {
          if (accepts(address)) {
            return new InetSocketAddress(address, port);
          }
        }
      }
      return new InetSocketAddress(addresses.get(0), port);
    }

    private boolean accepts(InetAddress address) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }

  /** The command to start; empty if every server runs. */
  List<String> command() {
    List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
    int delimiter = arguments.indexOf("--");
    if (delimiter < 0) {
      return List.of();
    }
    if (target.size() > arguments.size() - delimiter - 1) {
      throw new ConfigurationException(
          "give HOST:PORT or -- COMMAND, not both: " + String.join(" ", target));
    }
    if (target.isEmpty()) {
      throw new ConfigurationException("-- COMMAND: no command follows");
    }
    if (target.stream().noneMatch(part -> part.contains(StartedServer.PORT))) {
      throw new ConfigurationException(
          "-- COMMAND: " + StartedServer.PORT + " is missing: the server has to listen there");
    }
    return target;
  }

  /** What to grade, in this order; of a server that is started TCP, unless an option says else. */
  List<Asked> asked() {
    boolean starts = !command().isEmpty();
    List<Asked> asked = new ArrayList<>();
    if (starts && !STARTED.equals(udp) && !STARTED.equals(tls)) {
      asked.add(new Asked("tcp", STARTED, 0));
    }
    if (!starts && !target.isEmpty()) {
      asked.add(address("tcp", tcp()));
    }
    if (udp != null) {
      asked.add(asked("udp", udp, starts));
    }
    if (tls != null) {
      asked.add(asked("tls", tls, starts));
    }
    if (asked.isEmpty()) {
      throw new ConfigurationException(
          "HOST:PORT is missing: upper check localhost:2000, or upper check -- COMMAND {port}");
    }
    return asked;
  }

  private static Asked asked(String protocol, String text, boolean starts) {
    if (!text.equals(STARTED)) {
      return address(protocol, text);
    }
    if (!starts) {
      throw new ConfigurationException(
          "--" + protocol + ": HOST:PORT is missing, since no server is started (-- COMMAND)");
    }
    return new Asked(protocol, STARTED, 0);
  }

  /** {@code localhost:2000}, {@code [::1]:2000}, or two words as the other commands take them. */
  private String tcp() {
    if (target.size() > 2) {
      throw new ConfigurationException(
          "HOST:PORT: " + String.join(" ", target) + " is no address; a command follows --");
    }
    return String.join(":", target);
  }

  private static Asked address(String protocol, String text) {
    if (Addresses.isPath(text) && !protocol.equals("udp")) {
      return new Asked(protocol, text, 0);
    }
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? text : text.substring(0, colon);
    String digits = text.substring(colon + 1);
    boolean bare = host.indexOf(':') >= 0 && !host.startsWith("[");
    boolean port = digits.matches("[0-9]{1,5}");
    if (colon <= 0 || bare || !port) {
      throw new ConfigurationException(
          text + " is not HOST:PORT, such as localhost:2000 or [::1]:2000");
    }
    int number = Integer.parseInt(digits);
    if (number < 1 || number > 65_535) {
      throw new ConfigurationException(text + ": the port is not in 1..65535");
    }
    return new Asked(protocol, host.replaceAll("^\\[|]$", ""), number);
  }

  Path ca() {
    return ca;
  }

  Level level() {
    return level;
  }

  boolean ownsServer() {
    return own;
  }

  boolean full() {
    return full;
  }

  long seed() {
    return seed == null ? ThreadLocalRandom.current().nextLong(1_000_000_000) : seed;
  }

  /**
   * The cases that --only and --skip select.
   *
   * @throws ConfigurationException if one of them names none
   */
  Predicate<String> selected(List<CheckCase> all) {
    check("--only", only, all);
    check("--skip", skip, all);
    only.forEach(name -> requireLevel(name, all));
    return id ->
        (only.isEmpty() || only.stream().anyMatch(name -> names(name, id)))
            && skip.stream().noneMatch(name -> names(name, id));
  }

  private static void check(String option, List<String> names, List<CheckCase> all) {
    for (String name : names) {
      if (all.stream().noneMatch(check -> names(name, check.id()))) {
        throw new ConfigurationException(
            String.format(
                Locale.ROOT, "%s: no case or group %s (upper check --list)", option, name));
      }
    }
  }

  private void requireLevel(String name, List<CheckCase> all) {
    Level lowest =
        all.stream()
            .filter(check -> names(name, check.id()))
            .map(CheckCase::level)
            .min(Comparator.naturalOrder())
            .orElse(level);
    if (lowest.compareTo(level) > 0) {
      throw new ConfigurationException(
          "--only: " + name + " is of a higher level; add --level " + lowest.word());
    }
  }

  /** Itself, or a group it belongs to. */
  private static boolean names(String name, String id) {
    return id.equals(name) || id.startsWith(name.endsWith("/") ? name : name + "/");
  }
}
