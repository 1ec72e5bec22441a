package io.upper.config;

/** An invalid setting. The message is one line: source, JSON pointer, and what is allowed. */
public final class ConfigurationException extends RuntimeException {

  public ConfigurationException(String message) {
    super(message, null, false, false);
  }

  /** The same error, with the source of the setting before its pointer. */
  public ConfigurationException from(String source) {
    return new ConfigurationException(source + ": " + getMessage());
  }

  /** The message only, since users read it. */
  @Override
  public String toString() {
    return getMessage();
  }
}
