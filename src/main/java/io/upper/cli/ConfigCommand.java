package io.upper.cli;

import io.upper.config.ClusterSettings;
import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.ConfigurationReader;
import io.upper.config.ConfigurationReader.Setting;
import io.upper.config.ServerSettings;
import io.upper.server.TlsCredentials;
import io.vertx.core.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code upper config}: prints the configuration of {@code upper serve} with the same options. */
@Command(
    name = "config",
    description = "Check the configuration; print every setting in force and its source.",
    sortOptions = false)
public final class ConfigCommand implements Callable<Integer> {

  @Mixin private ServeOptions options;

  @Option(
      names = "--schema",
      description = "Print the JSON schema of configuration files instead (for editors).")
  private boolean schema;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() {
    if (schema) {
      System.out.println(Configuration.schema().encodePrettily());
      return 0;
    }
    ConfigurationReader reader = options.reader();
    Configuration configuration = reader.read();
    try {
      configuration.requireAServer();
      configuration.cluster().requireSafety();
      checkCertificates(configuration.tls());
    } catch (ConfigurationException e) {
      String source = reader.sourceOf(e);
      throw source == null ? e : e.from(source);
    }
    for (Setting setting : reader.settings()) {
      System.out.printf(
          Locale.ROOT,
          "%-28s %-26s %s%n",
          String.join("/", setting.path()),
          Json.encode(ClusterSettings.printable(setting.path(), setting.value())),
          setting.source());
    }
    return 0;
  }

  /** A pair missing at its default path would be created at start-up. */
  private static void checkCertificates(ServerSettings server) {
    ServerSettings.Tls tls = server.tls();
    boolean made = tls.generated() && Files.notExists(Path.of(tls.certificate()));
    if (server.enabled() && !made) {
      TlsCredentials.read(tls);
    }
  }
}
