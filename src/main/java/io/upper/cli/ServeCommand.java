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

  @Mixin private ServeOptions options;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    LiveConfiguration live = new LiveConfiguration(options.reader());
    return live.current().processes() > 1 ? supervise(live) : serve(live);
  }

  private static int serve(LiveConfiguration live) throws Exception {
    MainVerticle verticle = new MainVerticle(live.current());
    int status = ServingApplication.of(live.current(), verticle).serve();
    ConfigurationWatch.start(
        live,
        next -> SystemdNotifier.reload(() -> verticle.apply(next).await(), verticle::addresses));
    return status;
  }

  private int supervise(LiveConfiguration live) throws Exception {
    return Supervision.run(live, verbosity.isVerbose(), 0);
  }
}
