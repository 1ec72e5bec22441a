package io.upper.cli;

import io.upper.config.ConfigurationReader;
import picocli.CommandLine.Option;

/** The option {@code -conf} of all commands that serve. */
final class ConfOption {

  @Option(
      names = {"-conf", "--conf"},
      paramLabel = "FILE|JSON",
      description = "Configuration: a JSON file (also on the class path) or a JSON text.")
  String conf;

  ConfigurationReader reader() {
    return new ConfigurationReader(conf);
  }
}
