package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.jvm.ChildJvm;
import io.upper.jvm.Daemon;
import io.upper.lab.Workbench;
import io.upper.live.LiveRelay;
import io.upper.prefork.ServerProcess;
import io.upper.prefork.Supervisor;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The program of a {@link ServerProcess}. The first line of its standard input is its
 * configuration, further lines are changes; at the end of input it stops, since its supervisor is
 * gone. SIGHUP, which a terminal sends to every process, is left to the supervisor.
 */
@Command(name = ServerProcessCommand.NAME, hidden = true, sortOptions = false)
public final class ServerProcessCommand implements Callable<Integer> {
  private static final long HEARTBEAT_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(ServerProcessCommand.class);

  public static final String NAME = "server-process";
  private static final String LIVE = "--live";

  // The jar's manifest has it, too, but applies to java -jar only; without it Java prints warnings.
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final int NATIVE_ACCESS_SINCE = 22;

  // Empty if the option is not given (Supervisor.EXCLUSIVE).
  @Option(names = "--exclusive", converter = WordConverter.OfProtocol.class)
  private List<Protocol> exclusive = List.of();

  // Whether to report events for the live page.
  @Option(names = LIVE)
  private boolean live;

  // Whether it is a job node, for the lab.
  @Option(names = Workbench.NODE)
  private boolean node;

  @Mixin private Verbosity verbosity;

  /** The command line of a server process. */
  static List<String> commandLine(boolean verbose, boolean live) {
    List<String> arguments = new ArrayList<>(List.of(NAME));
    if (verbose) {
      arguments.add("-v");
    }
    if (live) {
      arguments.add(LIVE);
    }
    return program(arguments);
  }

  /** A command line of this program, with the JVM options it needs. */
  static List<String> program(List<String> arguments) {
    List<String> options = new ArrayList<>(ChildJvm.serverOptions());
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE && !options.contains(NATIVE_ACCESS)) {
      options.add(NATIVE_ACCESS);
    }
    return ChildJvm.command(options, "io.upper.Main", arguments.toArray(new String[0]));
  }

  @Override
  public Integer call() throws Exception {
    Daemon.start("upper-heartbeat", ServerProcessCommand::beat);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    String first = input.readLine();
    if (first == null) {
      return 0; // The supervisor has already ended.
    }
    Configuration configuration = Configuration.of(new JsonObject(first));
    if (node) {
      ServingApplication application = ServingApplication.node(configuration);
      int status = application.serve();
      application.welcomed().onSuccess(v -> printLine(ServerProcess.READY + "{}"));
      watch(input, next -> {});
      return status;
    }
    if (configuration.processes() > 1) {
      // Started by the lab: this process is a supervisor itself.
      Supervisor supervisor =
          new Supervisor(configuration, commandLine(verbosity.isVerbose(), false));
      supervisor.onListening(ports -> printLine(ServerProcess.READY + ports.encode()));
      StopSignals.onStop(supervisor::stop);
      watch(input, supervisor::change);
      return supervisor.supervise();
    }
    MainVerticle verticle = new MainVerticle(configuration, Set.copyOf(exclusive));
    ServingApplication application = ServingApplication.of(configuration, verticle);
    if (live) {
      application.relay(new LiveRelay(line -> printLine(ServerProcess.LIVE + line)));
    }
    int status = application.serve();
    printLine(ServerProcess.READY + ports(configuration, verticle).encode());
    watch(input, next -> verticle.apply(next).await());
    return status;
  }

  private static void beat() throws InterruptedException {
    while (true) {
      printLine(ServerProcess.ALIVE);
      Thread.sleep(HEARTBEAT_MILLIS);
    }
  }

  private static void printLine(String line) {
    ConsoleOutput.awaitRoom();
    System.out.println(line);
  }

  private static void watch(BufferedReader input, Consumer<Configuration> applier) {
    Daemon.start("upper-supervisor-watch", () -> follow(input, applier));
  }

  private static JsonObject ports(Configuration configuration, MainVerticle verticle) {
    JsonObject ports = new JsonObject();
    for (ServerSettings server : configuration.servers()) {
      Protocol protocol = server.protocol();
      ports.put(protocol.word(), verticle.actualPort(protocol));
    }
    return ports;
  }

  /** Applies the supervisor's changes; stops when it ends. */
  private static void follow(BufferedReader input, Consumer<Configuration> applier) {
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        apply(line, applier);
      }
    } catch (IOException e) {
      // As at the end of input: the supervisor is gone.
    }
    StopSignals.stop();
  }

  // Catches errors, too: without free descriptors, class loading fails.
  private static void apply(String line, Consumer<Configuration> applier) {
    try {
      applier.accept(Configuration.of(new JsonObject(line)));
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.getMessage());
    } catch (Exception | Error e) {
      LOG.error("the configuration could not be applied", e);
    }
  }
}
