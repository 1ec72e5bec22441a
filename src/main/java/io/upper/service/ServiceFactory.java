package io.upper.service;

import java.util.Map;
import java.util.function.Supplier;

/**
 * A kind of service, chosen by its word: {@code "service": "uppercase"} in a server's section.
 * Found by {@link java.util.ServiceLoader}: a public class with a public constructor without
 * parameters, named in {@code META-INF/services/io.upper.service.ServiceFactory} of its jar.
 *
 * <p>One instance serves the whole program, and any thread may call it. No method may block.
 */
public interface ServiceFactory {

  /** The word that chooses it: lower-case letters, digits and hyphens. No other service has it. */
  String word();

  /** The top-level section of the configuration that holds its settings: that of its word. */
  default String section() {
    return word();
  }

  /**
   * Its settings and their defaults: each a String that is not blank, an Integer, a Boolean, or a
   * constant of an enum whose {@code toString} is its word. The configuration refuses other types
   * and unknown settings, and offers the variables: {@code maxLine} of a service {@code reverse} is
   * {@code UPPER_REVERSE_MAX_LINE} of the environment.
   */
  default Map<String, Object> defaults() {
    return Map.of();
  }

  /**
   * Checks settings, and returns what makes the instance of each conversation. Called whenever a
   * configuration is read, so the result must hold nothing that has to be closed; and anew when the
   * settings change: from the next request on, open conversations have the new service too. The
   * bytes that {@link Service#end} of the old one returns go first.
   *
   * @param settings a value of its default's type for every one of {@link #defaults}
   * @return called by a thread of the conversation, the event loop's or the one that works for it,
   *     so it must not block; never null, nor is what it returns. What it throws is an error of the
   *     {@link Service}
   * @throws IllegalArgumentException if one cannot be, with its name first: {@code maxLine: 0 is
   *     not at least 1}. The user is told its JSON pointer: {@code /reverse/maxLine: 0 is not at
   *     least 1}
   */
  Supplier<Service> create(Map<String, Object> settings);

  /**
   * Whether work may be done again, perhaps on another machine: a new instance that is given what
   * another has {@link Service#held}, and then the request, replies the same. Pure functions say
   * yes; what counts, remembers or writes says no.
   */
  boolean repeatable();
}
