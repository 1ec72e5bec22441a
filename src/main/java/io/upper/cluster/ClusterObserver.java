package io.upper.cluster;

/**
 * Receives the events of a {@link Gateway}, to count them. Called on the gateway's context, except
 * where stated.
 */
public interface ClusterObserver {
  /** Ignores all events. */
  ClusterObserver NONE = new ClusterObserver() {};

  /** Why a job is sent to another node. */
  enum Retry {
    /** The event bus could not write it. */
    WRITE("write"),
    /** The node's heartbeat is missing. */
    HEARTBEAT("heartbeat"),
    /** The node's process has left the cluster. */
    MEMBER("member"),
    /** It takes much longer than usual. */
    LATE("late"),
    /** The node has refused it. */
    REFUSED("refused");

    private final String word;

    Retry(String word) {
      this.word = word;
    }

    /** The value of a metric's label. */
    public String word() {
      return word;
    }
  }

  /**
   * The nodes that get jobs have changed.
   *
   * @param nodes how many there are
   */
  default void nodes(int nodes) {}

  /** A job was sent to a node, or is no longer in flight there. */
  default void inFlight(String node, int jobs) {}

  /** A node is gone for good. */
  default void gone(String node) {}

  /**
   * A job's reply has arrived.
   *
   * @param nanos since it was sent to that node
   */
  default void served(String node, long nanos) {}

  /** A job is sent to another node. */
  default void retried(Retry reason) {}

  /** A reply was dropped, since another node's was first, or nobody waits for it. */
  default void dropped() {}
}
