package io.upper.model;

/**
 * How many requests a model works on at once.
 *
 * @param limit at least 1; {@link #UNLIMITED} for as many as there are. For event loops, how many
 *     each of them has in flight
 * @param worker who works on them
 * @param perConversation whether a conversation keeps its worker to its end, even between requests
 */
public record Parallelism(int limit, Worker worker, boolean perConversation) {
  public static final int UNLIMITED = Integer.MAX_VALUE;

  /** Who works on a request. */
  public enum Worker {
    EVENT_LOOP("event loop", "event loops"),
    THREAD("thread", "threads"),
    /** Each one takes time to start. */
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
