package io.upper.cluster;

import io.upper.config.Services;
import io.upper.service.ConfiguredService;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A service with its settings as text, to name it to a node.
 *
 * @param word its word
 * @param settings a JSON object of texts
 */
record ServiceText(String word, String settings) {

  static ServiceText of(ConfiguredService service) {
    JsonObject json = new JsonObject();
    new TreeMap<>(service.settings()).forEach((key, value) -> json.put(key, value.toString()));
    return new ServiceText(service.factory().word(), json.encode());
  }

  /** The services of a node, which it creates once. Thread-safe. */
  static final class Created {
    private static final int MAX = 64;

    private final Map<ServiceText, ConfiguredService> services = new ConcurrentHashMap<>();

    /**
     * Finds or creates a service.
     *
     * @throws io.upper.config.ConfigurationException if this node does not have it
     */
    ConfiguredService get(ServiceText text) {
      ConfiguredService found = services.get(text);
      if (found == null) {
        found = create(text);
        if (services.size() >= MAX) {
          services.clear(); // Settings that changed often.
        }
        services.put(text, found);
      }
      return found;
    }

    private static ConfiguredService create(ServiceText text) {
      Map<String, String> settings = new HashMap<>();
      new JsonObject(text.settings).forEach(e -> settings.put(e.getKey(), "" + e.getValue()));
      return Services.of("service", text.word, "settings", settings);
    }
  }
}
