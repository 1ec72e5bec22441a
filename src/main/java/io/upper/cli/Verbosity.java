package io.upper.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options of every subcommand. */
public final class Verbosity {
  private boolean verbose;

  @Option(
      names = {"-h", "-help", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(
      names = {"-v", "--verbose"},
      description =
          "Print more: who serves each request, what clients write and read, stack traces.")
  void setVerbose(boolean verbose) {
    this.verbose = verbose;
    if (verbose) {
      for (String name : new String[] {"io.upper", "upper"}) {
        ((Logger) LoggerFactory.getLogger(name)).setLevel(Level.DEBUG);
      }
    }
  }

  boolean isVerbose() {
    return verbose;
  }
}
