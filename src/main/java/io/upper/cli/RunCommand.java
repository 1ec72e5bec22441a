package io.upper.cli;

import io.upper.MainVerticle;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.ConfigurationReader;
import io.upper.config.ServerSettings;
import io.upper.config.TransportKind;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.Deployable;
import io.vertx.core.json.JsonObject;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code upper run}: deploys one verticle class, like {@code vertx run}. */
@Command(
    name = "run",
    description = "Deploy one verticle class, like `vertx run`.",
    footer = "Other options go to Vert.x's application launcher (-options, -worker, ...).",
    sortOptions = false)
public final class RunCommand implements Callable<Integer> {
  private static final int MAX_INSTANCES = ServerSettings.MAX_INSTANCES;

  @Parameters(
      paramLabel = "VERTICLE",
      description = "Class name, such as io.upper.server.TcpServerVerticle.")
  private String verticle;

  @Mixin private ConfOption conf;

  @Option(
      names = {"-instances", "--instances"},
      paramLabel = "N",
      description =
          "Instances of the verticle: a number, or auto for one per processor (default: 1).",
      defaultValue = "1")
  private String instances;

  @Unmatched private List<String> launcherOptions = new ArrayList<>();

  @Mixin private Verbosity verbosity;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    checkVerticle();
    int instances = instances();
    if (verticle.equals(MainVerticle.class.getName())) {
      MainVerticle.requireOne(instances);
    }
    List<String> args = new ArrayList<>(List.of(verticle, "-instances", "" + instances));
    args.addAll(launcherOptions);
    TemporaryFiles.requireCache();
    ConfigurationReader reader = conf.reader();
    if (verticle.equals(MainVerticle.class.getName())) {
      // Passed as read: a pipe can be read only once.
      Configuration configuration = reader.read();
      return serve(() -> new MainVerticle(configuration), configuration.json(), instances, args);
    }
    JsonObject config = reader.document();
    try {
      return serve(null, config, instances, args);
    } catch (ConfigurationException e) {
      throw e.from(reader.source());
    }
  }

  private int serve(
      Supplier<? extends Deployable> supplier, JsonObject config, int instances, List<String> args)
      throws Exception {
    Hangups.logEach("SIGHUP: a verticle that `upper run` deploys does not change");
    try {
      ServingApplication application =
          new ServingApplication(supplier, config, TransportKind.AUTO, 1 + instances);
      return new LaunchedVerticle(application, args.toArray(String[]::new)).serve();
    } catch (ParameterException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage());
    }
  }

  private int instances() {
    if (instances.equals("auto")) {
      return Math.min(MAX_INSTANCES, Runtime.getRuntime().availableProcessors());
    }
    if (!instances.matches("\\d{1,9}")
        || Integer.parseInt(instances) < 1
        || Integer.parseInt(instances) > MAX_INSTANCES) {
      throw new ConfigurationException(
          "-instances: " + instances + " is not in 1.." + MAX_INSTANCES + ", nor auto");
    }
    return Integer.parseInt(instances);
  }

  private void checkVerticle() {
    try {
      Class<?> type = Class.forName(verticle);
      if (!Deployable.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
        throw new ConfigurationException(verticle + ": this class is no verticle");
      }
    } catch (ClassNotFoundException e) {
      throw new ConfigurationException(verticle + ": there is no such verticle class");
    }
  }
}
