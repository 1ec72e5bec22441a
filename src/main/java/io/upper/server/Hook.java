package io.upper.server;

import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Something in Vert.x or Netty that they do not publish and the server needs. It is looked up once;
 * another version may lack it: then the server does without, and says what that weakens.
 * Thread-safe.
 */
final class Hook<T> {
  private static final Logger LOG = LoggerFactory.getLogger(Hook.class);

  /** Finds it, or fails. */
  interface Lookup<T> {
    T find() throws ReflectiveOperationException;
  }

  private final String weakness;
  // Null when it is missing.
  private volatile T found;

  private Hook(String weakness, T found) {
    this.weakness = weakness;
    this.found = found;
  }

  /**
   * Looks something up.
   *
   * @param weakness what is weaker without it: one line
   */
  static <T> Hook<T> find(String weakness, Lookup<T> lookup) {
    try {
      return new Hook<>(weakness, lookup.find());
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      LOG.debug("{}", weakness, e);
      return new Hook<>(weakness, null);
    }
  }

  /** Null when it is missing. */
  T get() {
    return found;
  }

  boolean isMissing() {
    return found == null;
  }

  /** What is weaker; nothing unless it is missing. */
  Stream<String> weakness() {
    return isMissing() ? Stream.of(weakness) : Stream.empty();
  }

  /** For tests: another Vert.x or Netty. */
  void replace(T other) {
    found = other;
  }
}
