package io.upper.cli;

import io.upper.config.ConfigurationReader;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonObject;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code upper serve}, which {@code upper config} takes, too. */
final class ServeOptions {
  @Mixin ConfOption conf = new ConfOption();

  @Option(
      names = {"-instances", "--instances"},
      paramLabel = "N",
      description = "Instances of every server: a number, or auto for one per processor.")
  String instances;

  ConfigurationReader reader() {
    ConfigurationReader reader = conf.reader();
    if (instances != null) {
      Object value = instances.matches("\\d{1,9}") ? Integer.valueOf(instances) : instances;
      JsonObject document = new JsonObject();
      for (Protocol protocol : Protocol.values()) {
        document.put(protocol.word(), new JsonObject().put("instances", value));
      }
      reader.last("-instances", document);
    }
    return reader;
  }
}
