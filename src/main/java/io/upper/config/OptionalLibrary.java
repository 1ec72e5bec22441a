package io.upper.config;

import java.util.function.Supplier;

/** Libraries that are optional for a program that embeds Upper: only some settings need them. */
public final class OptionalLibrary {

  private OptionalLibrary() {}

  /**
   * Uses classes that need a library.
   *
   * @param library its Maven coordinates, without the version
   * @param user the setting or class that needs it, for the message
   * @throws ConfigurationException if it is not on the class path
   */
  public static <T> T use(String library, String user, Supplier<T> use) {
    try {
      return use.get();
    } catch (NoClassDefFoundError e) {
      throw new ConfigurationException(
          user
              + ": needs "
              + library
              + ", which is not on the class path: add it (missing is "
              + e.getMessage()
              + ")");
    }
  }
}
