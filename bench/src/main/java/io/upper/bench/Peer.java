package io.upper.bench;

import io.upper.text.TextCharset;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A measured server, always in its own process. The first one is the reference. */
enum Peer {
  NETTY,
  UPPER,
  /** Another version of Upper, from the jar given by {@code --before}. */
  BEFORE,
  VERTX,
  VIRTUAL,
  C;

  /** Options common to all JVMs. */
  private static final List<String> JVM = List.of("-Xms256m", "-Xmx256m", "-XX:+UseParallelGC");

  /** As in the {@code upper} script: Netty is slower without Unsafe. */
  private static final List<String> JVM_25 =
      List.of("--sun-misc-unsafe-memory-access=allow", "-Dio.netty.noUnsafe=false");

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** C knows only ASCII, and TLS only by OpenSSL. */
  boolean serves(Workload workload, Options options) {
    return switch (this) {
      case NETTY, UPPER, BEFORE -> true;
      case VERTX -> workload.engine.equals("jdk");
      case VIRTUAL -> workload.protocol.equals("tcp") && Runtime.version().feature() >= 21;
      case C ->
          options.charset() == TextCharset.ASCII
              && !(workload.isTls() && workload.engine.equals("jdk"))
              && Files.isExecutable(c(workload, options));
    };
  }

  /** The command that serves a workload on a free port of the loopback and prints the port. */
  List<String> command(Workload workload, Options options, Path certificates) {
    List<String> command = new ArrayList<>();
    if (this == C) {
      command.add(c(workload, options).toString());
      command.add(workload.isTls() ? certificates.toString() : workload.protocol);
      return command;
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JVM);
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (Runtime.version().feature() >= 25) {
      command.addAll(JVM_25);
    }
    command.add("-cp");
    String classPath = System.getProperty("java.class.path");
    command.add(this == BEFORE ? instead(options.before(), classPath) : classPath);
    if (this == UPPER || this == BEFORE) {
      command.addAll(
          List.of(
              "io.upper.Main", "serve", "-conf", configuration(workload, options, certificates)));
    } else {
      String type =
          switch (this) {
            case NETTY -> "NettyServer";
            case VERTX -> "VertxServer";
            default -> "BlockingServer";
          };
      command.add("io.upper.bench.peer." + type);
      command.add(workload.protocol);
      command.add(certificates.toString());
      command.add(workload.engine);
      command.add(options.charset().name());
    }
    return command;
  }

  /** The same class path with a different first entry, which is Upper's jar. */
  private static String instead(Path jar, String classPath) {
    return jar + classPath.substring(classPath.indexOf(File.pathSeparatorChar));
  }

  private static Path c(Workload workload, Options options) {
    return options
        .home()
        .resolve("target")
        .resolve(workload.isTls() ? "tls_server" : "epoll_server");
  }

  /** One server, by default with two instances and otherwise the defaults. */
  private static String configuration(Workload workload, Options options, Path certificates) {
    StringBuilder json = new StringBuilder("{");
    json.append(String.format(Locale.ROOT, "\"text\": {\"charset\": \"%s\"}, ", options.charset()));
    for (String protocol : List.of("tcp", "udp", "tls")) {
      boolean served = protocol.equals(workload.protocol);
      json.append(String.format(Locale.ROOT, "\"%s\": {\"enabled\": %b, ", protocol, served));
      if (served) {
        json.append("\"host\": \"127.0.0.1\", \"instances\": " + options.instances() + ", ");
        if (!protocol.equals("udp")) {
          json.append("\"maxConnections\": 100000, ");
        }
        if (protocol.equals("tls")) {
          json.append(
              String.format(
                  Locale.ROOT,
                  "\"certificate\": \"%1$s/server-cert.pem\", \"key\": \"%1$s/server-key.pem\", ",
                  certificates));
          json.append(String.format(Locale.ROOT, "\"engine\": \"%s\", ", workload.engine));
        }
      }
      json.append("\"port\": 0}, ");
    }
    return json.append("\"drainSeconds\": 1, \"processes\": " + options.processes() + "}")
        .toString();
  }
}
