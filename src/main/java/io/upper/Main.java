package io.upper;

import io.upper.cli.CertsCommand;
import io.upper.cli.CheckCommand;
import io.upper.cli.ClientCommand;
import io.upper.cli.ConfigCommand;
import io.upper.cli.ConsoleOutput;
import io.upper.cli.DemoCommand;
import io.upper.cli.Hangups;
import io.upper.cli.LabCommand;
import io.upper.cli.LessonCommand;
import io.upper.cli.Libraries;
import io.upper.cli.LiveCommand;
import io.upper.cli.NodeCommand;
import io.upper.cli.RehearseCommand;
import io.upper.cli.RunCommand;
import io.upper.cli.ServeCommand;
import io.upper.cli.ServerProcessCommand;
import io.upper.cli.ShowCommand;
import io.upper.cli.StopSignals;
import io.upper.cli.StressCommand;
import io.upper.config.ConfigurationException;
import io.upper.jvm.Arguments;
import io.upper.server.ListeningPause;
import io.upper.server.TlsServerVerticle;
import io.upper.text.Uppercase;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
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

/** The root command; the subcommands are in {@code cli}. */
@Command(
    name = "upper",
    description = "Replies with the uppercase of the text that a client sends.",
    versionProvider = Main.Version.class,
    footer = {
      "",
      "Exit status: 0 done, 1 failed while running, 2 bad usage or configuration, 141 the reader of",
      "standard output (as in | head) has gone."
    })
public final class Main {
  private static final int FAILED = 1;
  private static final int BAD_USAGE = 2;
  // As a shell reports a program killed by SIGPIPE (13), a signal that Java ignores.
  private static final int READER_GONE = 128 + 13;
  private static final int HELP_WIDTH = 100;
  private static final List<String> OWN_OPTIONS =
      List.of("-h", "-help", "--help", "-V", "--version");

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

  public static void main(String[] args) {
    try {
      start(args);
    } catch (NoClassDefFoundError e) {
      // Upper as a library does not bring what only the program needs.
      System.err.println(
          "a library is missing ("
              + e.getMessage()
              + "): start upper.jar, or add the optional dependencies of io.upper:upper");
      System.exit(FAILED);
    }
  }

  private static void start(String[] args) {
    useOwnLogging();
    // Not in a verticle: they would affect the whole program that embeds it.
    System.setProperty(TlsServerVerticle.NO_RENEGOTIATION, "true");
    System.setProperty(ListeningPause.EXTENSIONS, ListeningPause.LOADED);
    String[] command = withCommand(args);
    boolean serving =
        Commands.SERVING.contains(command[0])
            && Arrays.stream(command).noneMatch(OWN_OPTIONS::contains);
    if (serving) {
      Hangups.hold(); // Must be first.
      StopSignals.handle();
      ConsoleOutput.install();
    }
    Output out = new Output();
    if (!serving) {
      // In any locale: the service uses UTF-8.
      System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
      System.setErr(
          new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8));
    }
    String damaged = Arguments.damaged(args);
    if (damaged != null) {
      System.err.println(damaged);
      System.exit(BAD_USAGE);
    }
    int status = execute(command);
    if (out.failure != null) {
      status = incomplete(out.failure, status);
    }
    // With 0 the process lives as long as its Vert.x: a server until it is stopped.
    if (status != 0) {
      System.exit(status);
    }
  }

  /** Runs a command in this JVM, which keeps its standard streams; returns the exit status. */
  static int run(String... args) {
    return execute(withCommand(args));
  }

  /** Not that of a jar beside the program, of which Logback would warn on standard output. */
  private static void useOwnLogging() {
    String property = "logback.configurationFile";
    URL own = Main.class.getResource("/logback.xml");
    if (System.getProperty(property) == null && own != null) {
      System.setProperty(property, own.toString());
    }
  }

  private static int execute(String[] args) {
    CommandLine line = new CommandLine(new Main());
    commands(args[0]).forEach(line::addSubcommand);
    // An argument that starts with @ is a message, not a file of arguments.
    return line.setExpandAtFiles(false)
        .setUsageHelpWidth(HELP_WIDTH)
        .setExecutionExceptionHandler(Main::failed)
        // Help may throw one too, since it lists the models.
        .setExitCodeExceptionMapper(e -> e instanceof ConfigurationException ? BAD_USAGE : FAILED)
        .setParameterExceptionHandler(Main::misused)
        .execute(args);
  }

  /** The command of that name, else all: a server starts faster without the others. */
  private static List<Class<?>> commands(String word) {
    Class<?> named = null;
    for (Class<?> command : Commands.ALL) {
      if (named == null && name(command).equals(word)) {
        named = command;
      }
    }
    return named == null || named == CommandLine.HelpCommand.class ? Commands.ALL : List.of(named);
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  /** {@code serve} is the default command; {@code help lab scaling} is that command's help. */
  private static String[] withCommand(String[] args) {
    if (args.length > 2 && args[0].equals("help")) {
      // picocli's own help command uses only the first word.
      return Stream.concat(Arrays.stream(args).skip(1), Stream.of("--help")).toArray(String[]::new);
    }
    boolean named = args.length > 0 && (!args[0].startsWith("-") || OWN_OPTIONS.contains(args[0]));
    return named
        ? args
        : Stream.concat(Stream.of("serve"), Arrays.stream(args)).toArray(String[]::new);
  }

  private static int failed(Exception failure, CommandLine command, ParseResult parsed) {
    if (StopSignals.isStopping()) {
      return 0;
    }
    String message = message(failure);
    System.err.println(
        failure instanceof InvalidPathException ? message + Arguments.HINT : message);
    // The option belongs to the subcommand, not to the root command.
    if (command.getParseResult().hasMatchedOption("-v")) {
      failure.printStackTrace();
    }
    return failure instanceof ConfigurationException ? BAD_USAGE : FAILED;
  }

  private static String message(Exception failure) {
    if (failure instanceof FileSystemException file && file.getReason() == null) {
      // Its message is only the path.
      return file.getFile() + ": " + reason(file);
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  private static String reason(FileSystemException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    return failure instanceof FileAlreadyExistsException
        ? "it exists already"
        : "this file cannot be used";
  }

  private static int misused(ParameterException misuse, String[] args) {
    String help = misuse.getCommandLine().getCommandSpec().qualifiedName() + " --help";
    System.err.println(misuse.getMessage() + " (see: " + help + ")");
    return BAD_USAGE;
  }

  /** Standard output could not be written completely. */
  private static int incomplete(IOException failure, int status) {
    boolean readerGone = "Broken pipe".equals(failure.getMessage());
    if (!readerGone) {
      System.err.println("cannot write standard output: " + failure.getMessage());
    }
    int own = readerGone ? READER_GONE : FAILED;
    return status == 0 ? own : status;
  }

  /** Standard output that keeps its first failure, which a PrintStream hides. */
  private static final class Output extends FileOutputStream {
    private volatile IOException failure;

    private Output() {
      super(FileDescriptor.out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      try {
        super.write(bytes, offset, length);
      } catch (IOException e) {
        failure = failure == null ? e : failure;
        throw e;
      }
    }
  }

  /** Apart from the start, which must work without the library of the command line to name it. */
  private static final class Commands {
    private static final List<Class<?>> ALL =
        List.of(
            ServeCommand.class,
            ServerProcessCommand.class,
            RehearseCommand.class,
            RunCommand.class,
            DemoCommand.class,
            LessonCommand.class,
            ClientCommand.class,
            StressCommand.class,
            CheckCommand.class,
            LabCommand.class,
            LiveCommand.class,
            NodeCommand.class,
            ShowCommand.class,
            ConfigCommand.class,
            CertsCommand.class,
            CommandLine.HelpCommand.class);

    // They serve until SIGTERM or SIGINT, even if nobody reads their output, and ignore SIGHUP.
    private static final List<String> SERVING =
        Stream.of(
                ServeCommand.class,
                LiveCommand.class,
                NodeCommand.class,
                ServerProcessCommand.class,
                RunCommand.class)
            .map(Main::name)
            .toList();
  }

  /** The version in the jar's manifest and how text is mapped; with -v the libraries in the jar. */
  static final class Version implements IVersionProvider {
    @Spec private CommandSpec root;

    @Override
    public String[] getVersion() throws IOException {
      String version = Main.class.getPackage().getImplementationVersion();
      List<String> lines = new ArrayList<>();
      lines.add(
          "upper " + (version == null ? "(not from a jar)" : version) + ", " + Uppercase.kernel());
      if (root.commandLine().getParseResult().hasMatchedOption("-v")) {
        lines.addAll(Libraries.lines());
      }
      return lines.toArray(String[]::new);
    }
  }
}
