package io.upper.cli;

import io.upper.config.ConfigurationLoader;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BiFunction;
import picocli.CommandLine.Option;

/** The option {@code -conf}, of all commands that serve. */
final class ConfOption {

  @Option(
      names = {"-conf", "--conf"},
      paramLabel = "FILE|JSON",
      description = "Configuration: a JSON file (also on the class path) or a JSON text.")
  private String conf;

  ConfOption() {}

  /** As if the option had been given. */
  ConfOption(String conf) {
    this.conf = conf;
  }

  /**
   * Reads what the option names; blocks. It is done on a Vert.x of its own, since how many event
   * loops the server needs is known afterwards.
   *
   * @param reader one of the loader's methods
   */
  <T> T read(BiFunction<ConfigurationLoader, String, Future<T>> reader) {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    try {
      return reader.apply(new ConfigurationLoader(vertx), conf).await();
    } finally {
      vertx.close().await();
    }
  }

  /** The file that it names, if that is one which may change. */
  Optional<Path> file() {
    return ConfigurationLoader.file(conf);
  }

  /** How an error names it. */
  String source() {
    return ConfigurationLoader.source(conf);
  }
}
