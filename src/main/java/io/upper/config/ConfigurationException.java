package io.upper.config;

/**
 * A setting that cannot be: the message is one line naming source, JSON pointer and what is
 * allowed.
 */
public final class ConfigurationException extends RuntimeException {

  public ConfigurationException(String message) {
    super(message, null, false, false);
  }
}
