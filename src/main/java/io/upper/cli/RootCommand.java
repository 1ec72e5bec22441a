package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The root of the command line. */
@Command(
    name = "upper",
    description = "Replies with the uppercase of the text that a client sends.",
    versionProvider = RootCommand.Version.class,
    footer = {
      "",
      "Exit status: 0 done, 1 failed while running, 2 bad usage or configuration, 141 the reader of",
      "standard output (as in | head) has gone."
    })
public final class RootCommand {
  private static final int HELP_WIDTH = 100;

  @Option(
      names = {"-h", "-help", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version and exit; with -v also the libraries and their licences.")
  private boolean version;

  @Option(names = "-v", hidden = true)
  private boolean verbose;

  /**
   * Reads and runs a command line; prints what is wrong.
   *
   * @param args begins with a command, or with an option of the root
   * @return the exit status
   */
  public static int execute(String... args) {
    return line(args[0]).execute(args);
  }

  /** The command of that name, else all: a start is faster without the others. */
  static CommandLine line(String word) {
    CommandLine line = new CommandLine(new RootCommand());
    Class<?> named = Commands.named(word);
    (named == null || named == CommandLine.HelpCommand.class
            ? Commands.NAMES.stream().map(Commands::named)
            : Stream.of(named))
        .forEach(line::addSubcommand);
    // An argument that starts with @ is a message, not a file of arguments.
    return line.setExpandAtFiles(false)
        .setUsageHelpWidth(HELP_WIDTH)
        .setExecutionExceptionHandler(RootCommand::failed)
        // Help may throw one too, since it lists the models.
        .setExitCodeExceptionMapper(
            e -> e instanceof ConfigurationException ? Failures.BAD_USAGE : Failures.FAILED)
        .setParameterExceptionHandler(RootCommand::misused);
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    // The option belongs to the subcommand, not to the root command.
    return Failures.report(failure, command.getParseResult().hasMatchedOption("-v"));
  }

  private static int misused(ParameterException misuse, String[] args) {
    String help = misuse.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    System.err.println(misuse.getMessage() + " (see: " + help + ")");
    return Failures.BAD_USAGE;
  }

  /** With -v also the libraries in the jar. */
  static final class Version implements IVersionProvider {
    @Spec private CommandSpec root;

    @Override
    public String[] getVersion() throws IOException {
      List<String> lines = new ArrayList<>(List.of(ProgramVersion.line()));
      if (root.commandLine().getParseResult().hasMatchedOption("-v")) {
        lines.addAll(Libraries.lines());
      }
      return lines.toArray(String[]::new);
    }
  }
}
