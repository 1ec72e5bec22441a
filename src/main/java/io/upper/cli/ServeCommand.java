package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.ConfigurationLoader;
import io.upper.config.Protocol;
import io.upper.prefork.Supervisor;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code upper serve}: serves what the configuration says, until SIGTERM or SIGINT. */
@Command(
    name = "serve",
    description = "Serve until SIGTERM or SIGINT (the default command).",
    sortOptions = false)
public final class ServeCommand implements Callable<Integer> {

  @Mixin private ConfOption conf;

  @Option(
      names = {"-instances", "--instances"},
      paramLabel = "N",
      description = "Instances of every server: a number, or auto for one per processor.")
  private String instances;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    ConfigurationWatch watch = new ConfigurationWatch(conf, this::read);
    return watch.configuration().processes() > 1 ? supervise(watch) : serve(watch);
  }

  private Configuration read() {
    return withInstances(conf.read(ConfigurationLoader::load));
  }

  private static int serve(ConfigurationWatch watch) throws Exception {
    MainVerticle verticle = new MainVerticle();
    int status = ServingApplication.of(watch.configuration(), verticle).serve();
    watch.start(next -> verticle.apply(next).await());
    return status;
  }

  private int supervise(ConfigurationWatch watch) throws Exception {
    Supervisor supervisor =
        new Supervisor(
            watch.configuration(), ServerProcessCommand.commandLine(verbosity.isVerbose()));
    watch.start(supervisor::change);
    return supervisor.serve();
  }

  private Configuration withInstances(Configuration configuration) {
    if (instances == null) {
      return configuration;
    }
    Object value = instances.matches("\\d{1,9}") ? Integer.valueOf(instances) : instances;
    JsonObject json = configuration.json();
    for (Protocol protocol : Protocol.values()) {
      json.getJsonObject(protocol.word()).put("instances", value);
    }
    try {
      return Configuration.of(json);
    } catch (ConfigurationException e) {
      throw e.from("-instances");
    }
  }
}
