package io.upper.config;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads settings from variables: {@code UPPER_TCP_MAX_CONNECTIONS} of the environment, {@code
 * upper.tcp.maxConnections} of the system properties.
 *
 * <p>The environment is shared. Kubernetes gives every container variables named after its
 * services: a service {@code upper} makes {@code UPPER_PORT=tcp://10.0.0.7:2000}. So service links,
 * empty values and unknown names are ignored, except for a name so close to a setting's that it is
 * a typo. System properties are set on purpose: an unknown one is an error.
 */
final class Variables {
  private static final Logger LOG = LoggerFactory.getLogger(Variables.class);

  private static final String ENVIRONMENT_PREFIX = "UPPER_";
  private static final String PROPERTY_PREFIX = "upper.";
  private static final String FILE = "conf";
  private static final int MAX_TYPOS = 2;

  // https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
  private static final Pattern LINK_NAME =
      Pattern.compile("_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$|_PORT_\\d+_(TCP|UDP|SCTP)(_|$)");
  private static final Pattern LINK_VALUE = Pattern.compile("^(tcp|udp|sctp)://");

  private Variables() {}

  /** The file or JSON text that takes the place of {@code -conf}, or null. */
  static String conf(Map<String, String> environment, Map<String, String> properties) {
    String named = properties.get(PROPERTY_PREFIX + FILE);
    String other = environment.get(ENVIRONMENT_PREFIX + FILE.toUpperCase(Locale.ROOT));
    return named != null ? named : other == null || other.isEmpty() ? null : other;
  }

  static Source environment(Map<String, String> variables) {
    Settings settings = new Settings("environment");
    new TreeMap<>(variables)
        .forEach(
            (name, value) -> {
              if (name.startsWith(ENVIRONMENT_PREFIX) && !isLink(name, value)) {
                String rest = simplified(name.substring(ENVIRONMENT_PREFIX.length()), "_");
                if (!settings.put(rest, "environment variable " + name, value)
                    && !rest.equals(FILE)) {
                  Optional<List<String>> meant = settings.nearest(rest);
                  if (meant.isPresent()) {
                    throw unknown("environment: " + name, variable(meant.get()));
                  }
                  LOG.debug("environment: {} is no setting: ignored", name);
                }
              }
            });
    return settings.found();
  }

  static Source properties(Map<String, String> properties) {
    Settings settings = new Settings("system properties");
    new TreeMap<>(properties)
        .forEach(
            (name, value) -> {
              if (name.startsWith(PROPERTY_PREFIX)) {
                String rest = simplified(name.substring(PROPERTY_PREFIX.length()), ".");
                String source = "system property " + name;
                if (!settings.put(rest, source, value) && !rest.equals(FILE)) {
                  throw unknown(
                      source,
                      settings
                          .nearest(rest)
                          .map(meant -> PROPERTY_PREFIX + String.join(".", meant))
                          .orElse(null));
                }
              }
            });
    return settings.found();
  }

  private static boolean isLink(String name, String value) {
    boolean link =
        value.isEmpty() || LINK_VALUE.matcher(value).find() || LINK_NAME.matcher(name).find();
    if (link) {
      LOG.debug("environment: {} is empty or a service link: ignored", name);
    }
    return link;
  }

  private static ConfigurationException unknown(String variable, String meant) {
    return new ConfigurationException(
        variable + ": unknown setting" + (meant == null ? "" : "; did you mean " + meant + "?"));
  }

  /** The variable's documented name: {@code UPPER_TCP_MAX_CONNECTIONS}. */
  private static String variable(List<String> setting) {
    String name = String.join("_", setting).replace('-', '_').replaceAll("([a-z])([A-Z])", "$1_$2");
    return ENVIRONMENT_PREFIX + name.toUpperCase(Locale.ROOT);
  }

  private static String simplified(String name, String separator) {
    return name.replace(separator, "").replace("-", "").toLowerCase(Locale.ROOT);
  }

  /** The known settings, and those found. */
  private static final class Settings {
    private final String source;
    private final JsonObject defaults = Defaults.document();
    // By simplified name: tcpmaxconnections.
    private final Map<String, List<String>> paths = new TreeMap<>();
    private final JsonObject document = new JsonObject();
    private final Map<List<String>, String> origins = new HashMap<>();

    Settings(String source) {
      this.source = source;
      collect(List.of(), defaults);
    }

    private void collect(List<String> parent, JsonObject section) {
      for (String key : section.fieldNames()) {
        List<String> path = new ArrayList<>(parent);
        path.add(key);
        if (section.getValue(key) instanceof JsonObject inner) {
          collect(path, inner);
        } else {
          paths.put(simplified(String.join("", path), "_"), List.copyOf(path));
        }
      }
    }

    /** Sets the setting with that simplified name; false if there is none. */
    boolean put(String name, String origin, String text) {
      List<String> path = paths.get(name);
      if (path == null) {
        return false;
      }
      JsonObject defaultSection = defaults;
      JsonObject section = document;
      for (String key : path.subList(0, path.size() - 1)) {
        defaultSection = defaultSection.getJsonObject(key);
        if (!section.containsKey(key)) {
          section.put(key, new JsonObject());
        }
        section = section.getJsonObject(key);
      }
      String key = path.get(path.size() - 1);
      Object value =
          ClusterSettings.isSecret(key) ? text : value(origin, text, defaultSection.getValue(key));
      section.put(key, value);
      origins.put(path, origin);
      return true;
    }

    Source found() {
      return new Source(source, document, origins);
    }

    /** The setting that a name with typos means. */
    Optional<List<String>> nearest(String name) {
      List<String> nearest = null;
      int least = MAX_TYPOS + 1;
      for (Map.Entry<String, List<String>> setting : paths.entrySet()) {
        int distance = distance(name, setting.getKey());
        if (distance < least) {
          least = distance;
          nearest = setting.getValue();
        }
      }
      return Optional.ofNullable(nearest);
    }
  }

  /** Parses a value to the type of its default; an unparsable text stays, to be rejected later. */
  static Object value(String origin, String text, Object defaultValue) {
    if (defaultValue instanceof Boolean && (text.equals("true") || text.equals("false"))) {
      return Boolean.valueOf(text);
    }
    if (defaultValue instanceof Number) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        return text;
      }
    }
    if ((defaultValue == null || defaultValue instanceof JsonArray) && text.startsWith("[")) {
      try {
        JsonArray array = JsonText.array(text);
        return array == null ? text : array;
      } catch (ConfigurationException e) {
        throw e.from(origin);
      }
    }
    return text;
  }

  /** Levenshtein distance: characters to insert, remove or replace to turn one into the other. */
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
