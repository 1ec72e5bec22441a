package io.upper.cli;

import java.util.List;
import java.util.Set;

/**
 * The commands by name. Apart from their annotations, which name them too: those are read only of
 * the command that is needed.
 */
public final class Commands {
  /** Its threads may live on when it returns. */
  public static final String LESSON = "lesson";

  /** All of them, in the order of the help. */
  static final List<String> NAMES =
      List.of(
          "serve",
          "server-process",
          "rehearse",
          "run",
          "demo",
          LESSON,
          "client",
          "stress",
          "check",
          "lab",
          "live",
          "node",
          "show",
          "config",
          "certs",
          "help");

  /** They serve until SIGTERM or SIGINT, even if nobody reads their output, and ignore SIGHUP. */
  public static final Set<String> SERVING =
      Set.of("serve", "live", "node", "server-process", "run");

  /** The options of the root command. */
  public static final List<String> OWN_OPTIONS =
      List.of("-h", "-help", "--help", "-V", "--version");

  private Commands() {}

  /**
   * Runs a command line, plain words of the commonest commands without picocli.
   *
   * @param args begins with a command, or with an option of the root
   * @return the exit status
   */
  public static int execute(String... args) {
    ServeCommand serve = ServeCommand.plain(args);
    if (serve != null) {
      return serve.execute();
    }
    ClientCommand client = ClientCommand.plain(args);
    return client == null ? RootCommand.execute(args) : client.execute();
  }

  /** The class of a command; null if there is no such command. */
  static Class<?> named(String word) {
    return switch (word) {
      case "serve" -> ServeCommand.class;
      case "server-process" -> ServerProcessCommand.class;
      case "rehearse" -> RehearseCommand.class;
      case "run" -> RunCommand.class;
      case "demo" -> DemoCommand.class;
      case LESSON -> LessonCommand.class;
      case "client" -> ClientCommand.class;
      case "stress" -> StressCommand.class;
      case "check" -> CheckCommand.class;
      case "lab" -> LabCommand.class;
      case "live" -> LiveCommand.class;
      case "node" -> NodeCommand.class;
      case "show" -> ShowCommand.class;
      case "config" -> ConfigCommand.class;
      case "certs" -> CertsCommand.class;
      case "help" -> picocli.CommandLine.HelpCommand.class;
      default -> null;
    };
  }
}
