package io.upper.config;

import io.upper.net.FileDescriptors;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.file.FileSystemException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gathers the configuration by vertx-config; later wins: built-in {@code conf/default.json}, the
 * file or JSON of {@code -conf}, the environment ({@code UPPER_TCP_MAX_CONNECTIONS}), system
 * properties ({@code -Dupper.tcp.maxConnections}). What each source adds is checked before the next
 * one is read, so an error names its source.
 */
public final class ConfigurationLoader {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationLoader.class);
  private static final String ENVIRONMENT_PREFIX = "UPPER_";
  private static final String PROPERTY_PREFIX = "upper.";

  private final Vertx vertx;

  public ConfigurationLoader(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Gathers and checks the whole configuration.
   *
   * @param conf a JSON text, the path of a file (looked for on the class path too), or null
   * @return fails with a {@link ConfigurationException}
   */
  public Future<Configuration> load(String conf) {
    return given(conf)
        .map(json -> checked(source(conf), new JsonObject(), json))
        .compose(
            json ->
                store("env", new JsonObject().put("raw-data", true))
                    .map(all -> overrides(all, "environment: ", ENVIRONMENT_PREFIX, "_"))
                    .map(found -> checked("environment", json, found)))
        .compose(
            json ->
                store("sys", new JsonObject().put("raw-data", true).put("cache", false))
                    .map(all -> overrides(all, "system property ", PROPERTY_PREFIX, "."))
                    .map(found -> checked("system properties", json, found)))
        .map(ConfigurationLoader::complete);
  }

  private static Configuration complete(JsonObject given) {
    Configuration configuration = Configuration.of(given);
    configuration.descriptorShortage(given, FileDescriptors.limit()).ifPresent(LOG::warn);
    return configuration;
  }

  /**
   * Reads what {@code -conf} names, unchecked.
   *
   * @param conf a JSON text, the path of a file, or null for an empty object
   * @return fails with a {@link ConfigurationException}
   */
  public Future<JsonObject> given(String conf) {
    if (conf == null) {
      return Future.succeededFuture(new JsonObject());
    }
    if (conf.isBlank()) {
      return Future.failedFuture(
          new ConfigurationException("-conf: a file or a JSON text is missing"));
    }
    if (isJson(conf)) {
      try {
        return Future.succeededFuture(new JsonObject(conf));
      } catch (DecodeException e) {
        return Future.failedFuture(notJson("-conf", e));
      }
    }
    return store("file", new JsonObject().put("path", conf))
        .recover(failure -> Future.failedFuture(explained(conf, failure)));
  }

  private Future<JsonObject> store(String type, JsonObject config) {
    ConfigRetriever retriever =
        ConfigRetriever.create(
            vertx,
            new ConfigRetrieverOptions()
                .setIncludeDefaultStores(false)
                .addStore(new ConfigStoreOptions().setType(type).setConfig(config)));
    return retriever.getConfig().eventually(retriever::close);
  }

  /** What a message calls {@code -conf}: the file, or the option itself. */
  public static String source(String conf) {
    return conf == null || isJson(conf) ? "-conf" : conf;
  }

  /** The file that {@code -conf} names, unless it is one of the class path. */
  public static Optional<Path> file(String conf) {
    return conf == null || conf.isBlank() || isJson(conf)
        ? Optional.empty()
        : Optional.of(Path.of(conf)).filter(Files::exists);
  }

  private static boolean isJson(String conf) {
    return conf != null && conf.stripLeading().matches("(?s)[{\\[].*");
  }

  private static JsonObject checked(String source, JsonObject before, JsonObject added) {
    JsonObject merged = before.mergeIn(added, true);
    try {
      Configuration.of(merged);
    } catch (ConfigurationException e) {
      throw e.from(source);
    }
    return merged;
  }

  private static ConfigurationException explained(String file, Throwable failure) {
    if (failure instanceof DecodeException e) {
      return notJson(file, e);
    }
    if (failure instanceof FileSystemException) {
      return new ConfigurationException(file + ": there is no such file, or it cannot be read");
    }
    return new ConfigurationException(file + ": " + failure.getMessage());
  }

  private static ConfigurationException notJson(String source, DecodeException e) {
    // Jackson names a source that it keeps to itself.
    String reason =
        e.getMessage().lines().findFirst().orElse("").replaceFirst("\\[Source: [^;]*; ", "[");
    // Vert.x has no more to say about a JSON text that is something else than an object.
    String more = reason.equals("Failed to decode") ? "" : ": " + reason;
    return new ConfigurationException(source + ": not a JSON object" + more);
  }

  /** The settings among all variables, as a document of their own. */
  private static JsonObject overrides(
      JsonObject variables, String source, String prefix, String separator) {
    Map<String, String[]> settings = settings(Defaults.document());
    JsonObject found = new JsonObject();
    for (String name : variables.fieldNames()) {
      if (name.startsWith(prefix)) {
        String[] path = settings.get(simplified(name.substring(prefix.length()), separator));
        if (path == null) {
          throw new ConfigurationException(source + name + ": unknown setting");
        }
        put(found, path, variables.getString(name));
      }
    }
    return found;
  }

  /** Every setting's path by its simplified name: {@code tcpmaxconnections}. */
  private static Map<String, String[]> settings(JsonObject defaults) {
    Map<String, String[]> settings = new HashMap<>();
    for (String key : defaults.fieldNames()) {
      if (defaults.getValue(key) instanceof JsonObject section) {
        for (String inner : section.fieldNames()) {
          settings.put(simplified(key + inner, "_"), new String[] {key, inner});
        }
      } else {
        settings.put(simplified(key, "_"), new String[] {key});
      }
    }
    return settings;
  }

  private static String simplified(String name, String separator) {
    return name.replace(separator, "").toLowerCase(Locale.ROOT);
  }

  private static void put(JsonObject document, String[] path, String text) {
    JsonObject defaults = Defaults.document();
    for (int i = 0; i < path.length - 1; i++) {
      defaults = defaults.getJsonObject(path[i]);
      if (!document.containsKey(path[i])) {
        document.put(path[i], new JsonObject());
      }
      document = document.getJsonObject(path[i]);
    }
    String key = path[path.length - 1];
    document.put(key, value(text, defaults.getValue(key)));
  }

  /**
   * The text as a value of the kind that the default has; a text that is none stays, to be refused.
   */
  private static Object value(String text, Object standard) {
    if (standard instanceof Boolean && (text.equals("true") || text.equals("false"))) {
      return Boolean.valueOf(text);
    }
    if (standard instanceof Number) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        return text;
      }
    }
    if ((standard == null || standard instanceof JsonArray) && text.startsWith("[")) {
      try {
        return new JsonArray(text);
      } catch (DecodeException e) {
        return text;
      }
    }
    return text;
  }
}
