package io.upper.config;

/**
 * A setting that cannot be: the message is one line naming source, JSON pointer and what is
 * allowed.
 */
public final class ConfigurationException extends RuntimeException {

  public ConfigurationException(String message) {
    super(message, null, false, false);
  }

  /** The same refusal, with the source of the setting before its pointer. */
  public ConfigurationException from(String source) {
    return new ConfigurationException(source + ": " + getMessage());
  }

  /** The message alone: it is for people. */
  @Override
  public String toString() {
    return getMessage();
  }
}
