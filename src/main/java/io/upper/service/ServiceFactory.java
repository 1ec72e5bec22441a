package io.upper.service;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A service that can be chosen by its word: {@code "service": "uppercase"} in a server's section.
 * Found by {@link java.util.ServiceLoader}: a public class with a public no-argument constructor,
 * named in {@code META-INF/services/io.upper.service.ServiceFactory} of its jar.
 *
 * <p>One instance serves the whole program, and any thread may call it. No method may block.
 */
public interface ServiceFactory {

  /** Its unique word: lower-case letters, digits and hyphens. */
  String word();

  /** The top-level section of the configuration with its settings, by default its word. */
  default String section() {
    return word();
  }

  /**
   * Its settings and their defaults: each a String that is not blank, an Integer, a Boolean, or a
   * constant of an enum whose {@code toString} is its word. The configuration rejects other types
   * and unknown settings, and adds environment variables: {@code maxLine} of a service {@code
   * reverse} is {@code UPPER_REVERSE_MAX_LINE}.
   */
  default Map<String, Object> defaults() {
    return Map.of();
  }

  /**
   * Checks settings, and returns the supplier of each conversation's instance. Called whenever a
   * configuration is read, so the result must hold nothing that needs closing. When the settings
   * change, open conversations use the new service from the next request on, after the bytes that
   * {@link Service#end} of the old one returns.
   *
   * @param settings a value for each of {@link #defaults}, of the default's type
   * @return a supplier, called on the event loop or the conversation's thread, so it must not
   *     block; neither it nor its result may be null. Its exceptions count as errors of the {@link
   *     Service}
   * @throws IllegalArgumentException if one is invalid, with its name first: {@code maxLine: 0 is
   *     not at least 1}. The user sees the JSON pointer: {@code /reverse/maxLine: 0 is not at least
   *     1}
   */
  Supplier<Service> create(Map<String, Object> settings);

  /**
   * Whether a request can be repeated, perhaps on another machine: a new instance that is given the
   * {@link Service#held} bytes of another, then the request, gives the same reply. True for pure
   * functions, false for services that count, remember or write.
   */
  boolean repeatable();
}
