package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.LiveConfiguration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code upper serve}: runs the configured servers until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    description = "Serve until SIGTERM or SIGINT (the default command).",
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {

  @Mixin ServeOptions options = new ServeOptions();

  @Mixin Verbosity verbosity = new Verbosity();

  /**
   * The command of plain words, which need no library: it would cost a fifth of the time to the
   * first reply.
   *
   * @param args the command and its arguments
   * @return null if picocli must read them: abbreviations, what is not clear, what is wrong
   */
  public static ServeCommand plain(String... args) {
    ServeCommand command = new ServeCommand();
    if (!args[0].equals("serve")) {
      return null;
    }
    boolean verbose = false;
    for (int i = 1; i < args.length; i++) {
      String value = i + 1 < args.length && !args[i + 1].startsWith("-") ? args[i + 1] : null;
      switch (args[i]) {
        case "-v", "--verbose" -> {
          if (verbose) {
            return null;
          }
          verbose = true;
        }
        case "-conf", "--conf" -> {
          if (value == null || command.options.conf.conf != null) {
            return null;
          }
          command.options.conf.conf = value;
          i++;
        }
        case "-instances", "--instances" -> {
          if (value == null || command.options.instances != null) {
            return null;
          }
          command.options.instances = value;
          i++;
        }
        default -> {
          return null;
        }
      }
    }
    if (verbose) {
      command.verbosity.setVerbose(true);
    }
    return command;
  }

  /** Runs it; returns the exit status. */
  public int execute() {
    return Failures.run(this, verbosity.isVerbose());
  }

  @Override
  public Integer call() throws Exception {
    LiveConfiguration live = new LiveConfiguration(options.reader());
    if (live.current().processes() > 1) {
      return Supervision.run(live, verbosity.isVerbose(), 0);
    }
    serve(live);
    return 0;
  }

  /** Serves in this process, which watches the configuration. */
  static MainVerticle serve(LiveConfiguration live) throws Exception {
    MainVerticle verticle = new MainVerticle(live.current());
    ServingApplication.of(live.current(), verticle).serve();
    ConfigurationWatch.start(
        live,
        next -> SystemdNotifier.reload(() -> verticle.apply(next).await(), verticle::addresses));
    return verticle;
  }
}
