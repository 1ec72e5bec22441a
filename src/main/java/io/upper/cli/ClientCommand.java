package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.client.TrafficListener;
import io.upper.client.UpperClient;
import io.upper.config.Protocol;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.VertxBootstrap;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code upper client}: sends each line of standard input and prints its reply, like the Python
 * clients.
 */
@Command(
    name = "client",
    preprocessor = UnixTarget.class,
    description = "Send each line of standard input; print its reply.",
    sortOptions = false)
public final class ClientCommand implements Callable<Integer> {

  private static final int MAX_TIMEOUT_SECONDS = 3_600;

  @Mixin private ClientOptions options = new ClientOptions();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "Timeout of connecting, of the TLS handshake and of each reply; over UDP "
              + "the request is then sent again, up to twice (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds = ClientSettings.DEFAULT_TIMEOUT_SECONDS;

  @Mixin private Verbosity verbosity = new Verbosity();

  /** Disables, in this process, the DNS client of Vert.x: a client's names are resolved by Java. */
  public static void withoutDns() {
    System.setProperty("vertx.disableDnsResolver", "true");
  }

  /**
   * The command of plain words, as {@link ServeCommand#plain}: the target first, then options.
   *
   * @param args the command and its arguments
   * @return null if picocli must read them
   */
  static ClientCommand plain(String... args) {
    ClientCommand command = new ClientCommand();
    if (!args[0].equals("client")
        || args.length < 4
        || !command.options.readPlain(args[1], args[2], args[3])) {
      return null;
    }
    Set<String> given = new HashSet<>();
    for (int i = 4; i < args.length; i++) {
      String value = i + 1 < args.length && !args[i + 1].startsWith("-") ? args[i + 1] : null;
      if (!given.add(args[i]) || !command.readPlain(args[i], value)) {
        return null;
      }
      i += args[i].equals("--insecure") ? 0 : 1;
    }
    return command;
  }

  private boolean readPlain(String option, String value) {
    switch (option) {
      case "--insecure" -> options.insecure = true;
      case "--ca" -> options.ca = value;
      case "--timeout" ->
          timeoutSeconds =
              value == null ? 0 : ClientOptions.plainNumber(value, MAX_TIMEOUT_SECONDS);
      default -> {
        return false;
      }
    }
    return options.ca != null && timeoutSeconds > 0;
  }

  /** Runs it; returns the exit status. */
  int execute() {
    return Failures.run(this, verbosity.isVerbose());
  }

  ClientSettings settings() {
    options.require("--timeout", timeoutSeconds, MAX_TIMEOUT_SECONDS);
    return options.settings(timeoutSeconds);
  }

  @Override
  public Integer call() throws Exception {
    ClientSettings settings = settings();
    Vertx vertx = vertx();
    try {
      TrafficListener listener =
          verbosity.isVerbose() ? new TrafficTrace(System.err) : TrafficListener.NONE;
      UpperClient client = UpperClient.open(vertx, settings, listener).await();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // An empty request exists as a datagram only.
        if (!line.isEmpty() || settings.protocol() == Protocol.UDP) {
          System.out.println("Reply is '" + client.ask(line).await() + "'");
        }
        if (System.out.checkError()) {
          break; // nobody reads the replies; Main reports it
        }
      }
      client.close().await();
      return 0;
    } finally {
      vertx.close().await();
    }
  }

  /** Without the native transports: to load them takes a tenth of the time to the reply. */
  private static Vertx vertx() {
    // Warnings about a slow event loop would not help the user of a client.
    VertxOptions options =
        new VertxOptions()
            .setEventLoopPoolSize(1)
            .setMaxEventLoopExecuteTime(1)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.HOURS);
    return VertxBootstrap.create().options(TemporaryFiles.withoutCache(options)).init().vertx();
  }
}
