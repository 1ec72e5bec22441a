package io.upper.cluster;

/**
 * The addresses of the event bus that a cluster uses.
 *
 * @param scope separates clusters on the same bus
 */
record BusAddresses(String scope) {

  /** All nodes publish their {@link Heartbeat} there; all gateways listen. */
  String heartbeats() {
    return "upper." + scope + ".heartbeats";
  }

  /** A node's own: challenges and jobs. */
  String node(String id) {
    return "upper." + scope + ".node." + id;
  }

  /** A gateway's own: answers and replies. */
  String gateway(String id) {
    return "upper." + scope + ".gateway." + id;
  }
}
