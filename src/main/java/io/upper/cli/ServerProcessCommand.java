package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.jvm.ChildJvm;
import io.upper.prefork.ServerProcess;
import io.upper.prefork.Supervisor;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What a {@link ServerProcess} runs: it serves what the first line of its standard input says,
 * changes to what further lines say, and ends when that input does, for then its supervisor is
 * gone.
 */
@Command(name = ServerProcessCommand.NAME, hidden = true, sortOptions = false)
public final class ServerProcessCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcessCommand.class);

  static final String NAME = "server-process";

  // The jar's manifest allows it, but counts for java -jar only; without it Java warns at length.
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final int NATIVE_ACCESS_SINCE = 22;

  @Mixin private Verbosity verbosity;

  /** The command line of such a process: this program, with what it needs of this JVM's options. */
  static List<String> commandLine(boolean verbose) {
    List<String> options = new ArrayList<>(ChildJvm.serverOptions());
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE && !options.contains(NATIVE_ACCESS)) {
      options.add(NATIVE_ACCESS);
    }
    List<String> command = ChildJvm.command(options, "io.upper.Main", NAME);
    if (verbose) {
      command.add("-v");
    }
    return command;
  }

  @Override
  public Integer call() throws Exception {
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Configuration configuration = Configuration.of(new JsonObject(input.readLine()));
    ignoreHangup();
    if (configuration.processes() > 1) {
      // The lab's: a supervisor that has one itself.
      Supervisor supervisor = new Supervisor(configuration, commandLine(verbosity.isVerbose()));
      watch(input, supervisor::change);
      return supervisor.serve();
    }
    MainVerticle verticle = new MainVerticle();
    int status = ServingApplication.of(configuration, verticle).serve();
    System.out.println(ServerProcess.READY + ports(configuration, verticle).encode());
    watch(input, next -> verticle.apply(next).await());
    return status;
  }

  private static void watch(BufferedReader input, Consumer<Configuration> applier) {
    Thread watch = new Thread(() -> follow(input, applier), "upper-supervisor-watch");
    watch.setDaemon(true);
    watch.start();
  }

  /** The supervisor's matter, which tells; a terminal sends it to every process. */
  private static void ignoreHangup() {
    try {
      Signal.handle(new Signal("HUP"), SignalHandler.SIG_IGN);
    } catch (IllegalArgumentException e) {
      LOG.debug("no SIGHUP here", e);
    }
  }

  private static JsonObject ports(Configuration configuration, MainVerticle verticle) {
    JsonObject ports = new JsonObject();
    for (ServerSettings server : configuration.servers()) {
      Protocol protocol = server.protocol();
      ports.put(protocol.word(), verticle.actualPort(protocol));
    }
    return ports;
  }

  /** Applies what the supervisor says, and ends with it. */
  private static void follow(BufferedReader input, Consumer<Configuration> applier) {
    try {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        apply(Configuration.of(new JsonObject(line)), applier);
      }
    } catch (IOException e) {
      // It is gone.
    }
    System.exit(0);
  }

  private static void apply(Configuration next, Consumer<Configuration> applier) {
    try {
      applier.accept(next);
    } catch (ConfigurationException e) {
      LOG.warn("{}; nothing is changed", e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the configuration could not be applied", e);
    }
  }
}
