package io.upper.config;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A setting whose value changes: {@code tcp/instances: 1 -> 4}.
 *
 * @param setting its path in the document
 * @param before its value in the old configuration
 * @param after its value in the new one
 */
public record Change(List<String> setting, Object before, Object after) {
  // Fixed when a process starts or a socket is bound.
  private static final Set<String> NEED_RESTART =
      Set.of(
          "processes",
          "transport",
          "admin",
          "accessLog",
          "cluster",
          "reusePort",
          "backlog",
          "mode",
          "engine");

  /** The differences between two complete documents. */
  static List<Change> between(JsonObject before, JsonObject after) {
    List<Change> changes = new ArrayList<>();
    compare(List.of(), before, after, changes);
    return changes;
  }

  private static void compare(
      List<String> parent, JsonObject before, JsonObject after, List<Change> changes) {
    for (String key : before.fieldNames()) {
      List<String> setting = new ArrayList<>(parent);
      setting.add(key);
      Object old = before.getValue(key);
      if (old instanceof JsonObject section) {
        compare(setting, section, after.getJsonObject(key), changes);
      } else if (!Objects.equals(old, after.getValue(key))) {
        changes.add(new Change(setting, old, after.getValue(key)));
      }
    }
  }

  /** Whether it cannot be applied to a running process. */
  public boolean needsRestart() {
    return setting.stream().anyMatch(NEED_RESTART::contains);
  }

  /** Whether it belongs to the section of a server. */
  public boolean concerns(Protocol protocol) {
    return setting.get(0).equals(protocol.word());
  }

  /** Whether it chooses another model. */
  boolean setsModel() {
    return setting.size() == 2 && setting.get(1).equals("model");
  }

  /** Restores the old value in a document. */
  void undo(JsonObject document) {
    JsonObject section = document;
    for (String key : setting.subList(0, setting.size() - 1)) {
      section = section.getJsonObject(key);
    }
    section.put(setting.get(setting.size() - 1), before);
  }

  @Override
  public String toString() {
    return String.join("/", setting) + ": " + text(before) + " -> " + text(after);
  }

  private String text(Object given) {
    Object value = ClusterSettings.printable(setting, given);
    return value instanceof String text ? text : Json.encode(value);
  }
}
