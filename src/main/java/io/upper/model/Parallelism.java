package io.upper.model;

/**
 * How many requests a model serves at once.
 *
 * @param limit at least 1, or {@link #UNLIMITED}; for event loops, the requests in flight on each
 * @param worker what serves them
 * @param perConversation whether a conversation keeps its worker between requests, until it ends
 */
public record Parallelism(int limit, Worker worker, boolean perConversation) {
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** What serves a request. */
  public enum Worker {
    EVENT_LOOP("event loop", "event loops"),
    THREAD("thread", "threads"),
    /** Takes time to start. */
    PROCESS("process", "processes");

    private final String one;
    private final String many;

    Worker(String one, String many) {
      this.one = one;
      this.many = many;
    }

    /** {@code a thread each}. */
    public String each() {
      return (this == EVENT_LOOP ? "an " : "a ") + one + " each";
    }

    /** {@code 5 threads}. */
    public String counted(int count) {
      return count + " " + (count == 1 ? one : many);
    }
  }
}
