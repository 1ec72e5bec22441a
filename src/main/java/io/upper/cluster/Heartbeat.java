package io.upper.cluster;

import io.vertx.core.json.JsonObject;

/**
 * What a node says about itself, ten times a second.
 *
 * @param node its id
 * @param name as logged: its name, or host and port in the cluster
 * @param member the id of its process in the cluster
 * @param workers jobs that it does at once, at least 1
 * @param load jobs that it has, of all gateways
 * @param leaving whether it takes no more jobs
 */
record Heartbeat(String node, String name, String member, int workers, int load, boolean leaving) {
  static final int PERIOD_MILLIS = 100;
  private static final int MAX_WORKERS = 10_000;

  JsonObject encode() {
    return new JsonObject()
        .put("node", node)
        .put("name", name)
        .put("member", member)
        .put("workers", workers)
        .put("load", load)
        .put("leaving", leaving);
  }

  /**
   * Decodes a message.
   *
   * @throws RuntimeException if it is damaged
   */
  static Heartbeat decode(JsonObject json) {
    Heartbeat heartbeat =
        new Heartbeat(
            text(json, "node"),
            text(json, "name"),
            text(json, "member"),
            json.getInteger("workers"),
            json.getInteger("load"),
            json.getBoolean("leaving"));
    if (heartbeat.workers < 1 || heartbeat.workers > MAX_WORKERS || heartbeat.load < 0) {
      throw new IllegalArgumentException("a heartbeat with workers or load out of range");
    }
    return heartbeat;
  }

  private static String text(JsonObject json, String key) {
    String text = json.getString(key);
    if (text == null || text.length() > 256) {
      throw new IllegalArgumentException("a heartbeat without " + key);
    }
    return text;
  }
}
