package io.upper.server;

import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An unpublished part of Vert.x or Netty that the server needs. It is looked up once; where another
 * version lacks it, the server does without and logs which guarantee is weaker. Thread-safe.
 */
final class Hook<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Hook.class);

  /** Looks up the hook. */
  interface Lookup<T> {
    T find() throws ReflectiveOperationException;
  }

  private final String weakness;
  // Null if missing.
  private volatile T found;

  private Hook(String weakness, T found) {
    this.weakness = weakness;
    this.found = found;
  }

  /**
   * Looks up a hook.
   *
   * @param weakness what is weaker without it, in one line
   */
  static <T> Hook<T> find(String weakness, Lookup<T> lookup) {
    try {
      return new Hook<>(weakness, lookup.find());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      LOG.debug("{}", weakness, e);
      return new Hook<>(weakness, null);
    }
  }

  /** The hook, or null if it is missing. */
  T get() {
    return found;
  }

  boolean isMissing() {
    return found == null;
  }

  /** What is weaker; empty unless the hook is missing. */
  Stream<String> weakness() {
    return isMissing() ? Stream.of(weakness) : Stream.empty();
  }

  /** For tests: simulates another version of Vert.x or Netty. */
  void replace(T other) {
    found = other;
  }
}
