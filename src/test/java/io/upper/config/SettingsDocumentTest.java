package io.upper.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of docs/configuration.md says what the schema says. */
class SettingsDocumentTest {
  // | … `backlog` | 1..65535 | 1024 | TCP, TLS: connections that may wait … |
  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| ((?:… )?`[\\w.]+` \\| [^|]+ \\| [^|]+ \\|)( (?:TCP, TLS|UDP):)?.+\\|$");

  @Test
  void everySettingHasItsRow() throws IOException {
    String document = Files.readString(Path.of("docs/configuration.md"));
    Stream<String> rows =
        ROW.matcher(document)
            .results()
            .map(row -> row.group(1) + (row.group(2) == null ? "" : row.group(2)));
    assertEquals(sorted(declared().stream()), sorted(rows));
  }

  private static String sorted(Stream<String> rows) {
    return rows.sorted().collect(Collectors.joining("\n"));
  }

  private static List<String> declared() {
    JsonObject properties = Configuration.schema().getJsonObject("properties");
    List<String> rows = new ArrayList<>();
    Map<String, Map<Protocol, JsonObject>> servers = new TreeMap<>();
    for (Map.Entry<String, Object> property : properties) {
      if (isServer(property.getKey())) {
        Protocol protocol = Protocol.valueOf(property.getKey().toUpperCase(Locale.ROOT));
        for (Map.Entry<String, Object> setting : members(property.getValue())) {
          servers
              .computeIfAbsent(setting.getKey(), name -> new TreeMap<>())
              .put(protocol, (JsonObject) setting.getValue());
        }
      } else if (!property.getKey().equals("$schema")) {
        collect(property.getKey(), (JsonObject) property.getValue(), rows);
      }
    }
    servers.forEach((name, settings) -> rows.add(row(name, settings)));
    return rows;
  }

  private static boolean isServer(String key) {
    return Stream.of(Protocol.values()).anyMatch(protocol -> protocol.word().equals(key));
  }

  private static JsonObject members(Object object) {
    return ((JsonObject) object).getJsonObject("properties");
  }

  private static void collect(String name, JsonObject property, List<String> rows) {
    if (property.containsKey("properties")) {
      for (Map.Entry<String, Object> member : members(property)) {
        collect(name + "." + member.getKey(), (JsonObject) member.getValue(), rows);
      }
    } else {
      rows.add("`" + name + "` | " + allowed(property) + " | " + standard(property) + " |");
    }
  }

  /** A setting of those servers. */
  private static String row(String name, Map<Protocol, JsonObject> servers) {
    JsonObject one = servers.values().iterator().next();
    StringBuilder standard = new StringBuilder(standard(one));
    for (Map.Entry<Protocol, JsonObject> server : servers.entrySet()) {
      assertEquals(allowed(one), allowed(server.getValue()), name);
      if (!standard(server.getValue()).equals(standard(one))) {
        standard.append(" (" + server.getKey().name() + " " + standard(server.getValue()) + ")");
      }
    }
    boolean tls = servers.keySet().equals(Set.of(Protocol.TLS));
    String allowed =
        switch (name) {
          // Settings of other jars are documented elsewhere.
          case "model" -> "[a model](models.md)";
          case "service" -> "[a service](../src/main/java/io/upper/service/ServiceFactory.java)";
          default -> allowed(one);
        };
    String of =
        tls || servers.size() == Protocol.values().length
            ? ""
            : servers.keySet().stream()
                .map(Protocol::name)
                .collect(Collectors.joining(", ", " ", ":"));
    return (tls ? "`tls." : "… `") + name + "` | " + allowed + " | " + standard + " |" + of;
  }

  private static String standard(JsonObject property) {
    Object standard = property.getValue("default");
    return standard instanceof String ? "`" + standard + "`" : Json.encode(standard);
  }

  private static String allowed(JsonObject property) {
    if (property.containsKey("anyOf")) {
      JsonArray either = property.getJsonArray("anyOf");
      return allowed(either.getJsonObject(0)) + ", `\"auto\"`";
    }
    if (property.containsKey("enum")) {
      return property.getJsonArray("enum").stream()
          .map(word -> "`" + word + "`")
          .collect(Collectors.joining(", "));
    }
    Object type = property.getValue("type");
    List<?> types = type instanceof JsonArray all ? all.getList() : List.of(type);
    List<String> words = new ArrayList<>();
    for (Object one : types) {
      words.add(
          switch (String.valueOf(one)) {
            case "integer" ->
                String.format(
                    Locale.ROOT,
                    "%d..%d",
                    property.getInteger("minimum"),
                    property.getInteger("maximum"));
            case "boolean" -> "true, false";
            case "string" -> "text";
            case "array" -> "list";
            default -> String.valueOf(one);
          });
    }
    return String.join(", ", words);
  }
}
