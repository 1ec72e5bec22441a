package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.prefork.ServerProcess;
import io.upper.prefork.Supervisor;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * What a {@link ServerProcess} runs: it serves what the first line of its standard input says, and
 * ends when that input does, for then its supervisor is gone.
 */
@Command(name = ServerProcessCommand.NAME, hidden = true, sortOptions = false)
public final class ServerProcessCommand implements Callable<Integer> {
  // Options that take a port, which only one process can have.
  private static final Pattern OF_ONE_PROCESS =
      Pattern.compile("^(-agentlib:jdwp|-Xrunjdwp|-Dcom\\.sun\\.management\\.)");

  static final String NAME = "server-process";

  // The jar's manifest allows it, but counts for java -jar only; without it Java warns at length.
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";
  private static final int NATIVE_ACCESS_SINCE = 22;

  @Mixin private Verbosity verbosity;

  /** The command line of such a process: this program, with the options of this Java. */
  static List<String> commandLine(boolean verbose) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !OF_ONE_PROCESS.matcher(option).find())
        .forEach(command::add);
    if (Runtime.version().feature() >= NATIVE_ACCESS_SINCE && !command.contains(NATIVE_ACCESS)) {
      command.add(NATIVE_ACCESS);
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.upper.Main", NAME));
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
    if (configuration.processes() > 1) {
      // The lab's: a supervisor that has one itself.
      watch(input);
      return new Supervisor(configuration, commandLine(verbosity.isVerbose())).serve();
    }
    MainVerticle verticle = new MainVerticle();
    int status = ServingApplication.of(configuration, verticle).serve();
    System.out.println(ServerProcess.READY + ports(configuration, verticle).encode());
    watch(input);
    return status;
  }

  private static void watch(BufferedReader input) {
    Thread watch = new Thread(() -> endWith(input), "upper-supervisor-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static JsonObject ports(Configuration configuration, MainVerticle verticle) {
    JsonObject ports = new JsonObject();
    for (ServerSettings server : configuration.servers()) {
      Protocol protocol = server.protocol();
      ports.put(protocol.word(), verticle.actualPort(protocol));
    }
    return ports;
  }

  private static void endWith(BufferedReader input) {
    try {
      while (input.read() >= 0) {
        // The supervisor says nothing more.
      }
    } catch (IOException e) {
      // It is gone.
    }
    System.exit(0);
  }
}
