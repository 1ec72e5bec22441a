package io.upper;

import io.upper.cli.ClientCommand;
import io.upper.cli.Commands;
import io.upper.cli.ConsoleOutput;
import io.upper.cli.Failures;
import io.upper.cli.Hangups;
import io.upper.cli.ProgramVersion;
import io.upper.cli.RootCommand;
import io.upper.cli.StopSignals;
import io.upper.jvm.Arguments;
import io.upper.model.RequestRecording;
import io.upper.server.ListeningPause;
import io.upper.server.TlsServerVerticle;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The program's start: standard streams, signals, exit status. The command line is {@link
 * RootCommand}'s; a start that needs no more than its words is faster without its library.
 */
public final class Main {
  // As a shell reports a program killed by SIGPIPE (13), a signal that Java ignores.
  private static final int READER_GONE = 128 + 13;
  // Netty's events of its buffers start Java Flight Recorder, a seventh of a short command's time.
  private static final String NETTY_EVENTS = "io.netty.jfr.enabled";
  private static final List<String> VERSION = List.of("-V", "--version");

  public static void main(String[] args) {
    try {
      start(args);
    } catch (NoClassDefFoundError e) {
      // Upper as a library does not bring what only the program needs.
      System.err.println(
          "a library is missing ("
              + e.getMessage()
              + "): start upper.jar, or add the optional dependencies of io.upper:upper");
      System.exit(Failures.FAILED);
    }
  }

  private static void start(String[] args) {
    // Not in a verticle: they would affect the whole program that embeds it.
    System.setProperty(TlsServerVerticle.NO_RENEGOTIATION, "true");
    System.setProperty(ListeningPause.EXTENSIONS, ListeningPause.LOADED);
    if (System.getProperty(NETTY_EVENTS) == null && !RequestRecording.isRecorderRunning()) {
      System.setProperty(NETTY_EVENTS, "false");
    }
    String[] command = withCommand(args);
    if (command[0].equals("client")) {
      ClientCommand.withoutDns();
    }
    boolean serving =
        Commands.SERVING.contains(command[0])
            && Collections.disjoint(List.of(command), Commands.OWN_OPTIONS);
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
      System.exit(Failures.BAD_USAGE);
    }
    int status = execute(command);
    if (out.failure != null) {
      status = incomplete(out.failure, status);
    }
    // With 0 a server lives until it is stopped, a lesson as long as its threads; the others would
    // wait another second for Netty's last one.
    if (status != 0 || !serving && !command[0].equals(Commands.LESSON)) {
      System.exit(status);
    }
  }

  /** Runs a command in this JVM, which keeps its standard streams; returns the exit status. */
  static int run(String... args) {
    return execute(withCommand(args));
  }

  private static int execute(String[] args) {
    if (args.length == 1 && VERSION.contains(args[0])) {
      System.out.println(ProgramVersion.line());
      return 0;
    }
    return Commands.execute(args);
  }

  /** {@code serve} is the default command; {@code help lab scaling} is that command's help. */
  private static String[] withCommand(String[] args) {
    List<String> words = new ArrayList<>(List.of(args));
    if (args.length > 2 && args[0].equals("help")) {
      // picocli's own help command uses only the first word.
      words.remove(0);
      words.add("--help");
    } else if (args.length == 0
        || args[0].startsWith("-") && !Commands.OWN_OPTIONS.contains(args[0])) {
      words.add(0, "serve");
    }
    return words.toArray(new String[0]);
  }

  /** Standard output could not be written completely. */
  private static int incomplete(IOException failure, int status) {
    boolean readerGone = "Broken pipe".equals(failure.getMessage());
    if (!readerGone) {
      System.err.println("cannot write standard output: " + failure.getMessage());
    }
    int own = readerGone ? READER_GONE : Failures.FAILED;
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
}
