package io.upper.config;

import io.upper.jvm.Providers;
import io.upper.service.ConfiguredService;
import io.upper.service.ServiceFactory;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The registry of services, and their settings in the configuration. */
public final class Services {
  private static final String KEY = "service";
  private static List<ServiceFactory> all;

  private Services() {}

  /**
   * All services; loaded on first use.
   *
   * @throws ConfigurationException with the jar and the reason, if one cannot be loaded
   */
  private static synchronized List<ServiceFactory> all() {
    if (all == null) {
      try {
        all = Providers.load(ServiceFactory.class, ServiceFactory::word);
      } catch (IllegalStateException e) {
        throw new ConfigurationException(e.getMessage());
      }
    }
    return all;
  }

  /**
   * A service by its word, without a configuration.
   *
   * @param given some of its settings as text; the others have their defaults
   * @throws ConfigurationException with the option, and the known words or what the setting may be
   */
  public static ConfiguredService of(
      String option, String word, String settingsOption, Map<String, String> given) {
    for (ServiceFactory factory : all()) {
      if (factory.word().equals(word)) {
        try {
          return of(factory, given);
        } catch (ConfigurationException e) {
          throw e.from(settingsOption);
        }
      }
    }
    String words = all().stream().map(ServiceFactory::word).collect(Collectors.joining(", "));
    throw new ConfigurationException(option + ": " + word + " is not one of " + words);
  }

  private static ConfiguredService of(ServiceFactory factory, Map<String, String> given) {
    JsonObject section = defaults(factory);
    given.forEach(
        (key, text) -> section.put(key, Variables.value(key, text, section.getValue(key))));
    JsonObject document = new JsonObject();
    if (!section.isEmpty()) {
      document.put(factory.section(), section);
    }
    Section root = new Section(document, "");
    Map<String, Object> settings = settings(factory, root);
    root.end();
    return configured(factory, settings, root);
  }

  /** Adds a section with the defaults of each service that has settings. */
  static JsonObject declare(JsonObject document) {
    for (ServiceFactory factory : all()) {
      String section = factory.section();
      if (isTaken(document, section)) {
        throw new ConfigurationException(
            "service " + factory.word() + ": the setting /" + section + " is there already");
      }
      if (!factory.defaults().isEmpty()) {
        document.put(section, defaults(factory));
      }
    }
    return document;
  }

  private static JsonObject defaults(ServiceFactory factory) {
    JsonObject defaults = new JsonObject();
    new TreeMap<>(factory.defaults())
        .forEach((key, value) -> defaults.put(key, value instanceof Enum ? "" + value : value));
    return defaults;
  }

  /** Includes a server's own settings, which are siblings when its verticle is deployed alone. */
  private static boolean isTaken(JsonObject document, String section) {
    return document.containsKey(section)
        || Stream.of(Protocol.values())
            .map(protocol -> document.getJsonObject(protocol.word(), new JsonObject()))
            .anyMatch(server -> server.containsKey(section));
  }

  /** The names of the services' sections. */
  static List<String> sections() {
    return all().stream()
        .filter(factory -> !factory.defaults().isEmpty())
        .map(ServiceFactory::section)
        .toList();
  }

  /** Reads the settings of all services, by the service's word. */
  static Map<String, Map<String, Object>> settings(Section root) {
    Map<String, Map<String, Object>> settings = new HashMap<>();
    all().forEach(factory -> settings.put(factory.word(), settings(factory, root)));
    return settings;
  }

  private static Map<String, Object> settings(ServiceFactory factory, Section root) {
    Map<String, Object> settings = new TreeMap<>();
    if (!factory.defaults().isEmpty()) {
      Section section = root.section(factory.section());
      new TreeMap<>(factory.defaults())
          .forEach((key, defaultValue) -> settings.put(key, section.readLike(key, defaultValue)));
      section.end();
    }
    return settings;
  }

  /** Reads the service that a server chooses. */
  static ConfiguredService choose(Section server, Map<String, Map<String, Object>> settings) {
    ServiceFactory chosen =
        server.choice(KEY, all().toArray(ServiceFactory[]::new), ServiceFactory::word);
    return configured(chosen, settings.get(chosen.word()), server);
  }

  private static ConfiguredService configured(
      ServiceFactory factory, Map<String, Object> settings, Section server) {
    try {
      return new ConfiguredService(factory, settings);
    } catch (IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage());
      boolean named = settings.keySet().stream().anyMatch(key -> reason.startsWith(key + ": "));
      throw new ConfigurationException("/" + factory.section() + (named ? "/" : ": ") + reason);
    } catch (RuntimeException | Error e) {
      throw new ConfigurationException(
          server.pointer() + "/" + KEY + ": " + factory.word() + " cannot be made: " + e);
    }
  }
}
