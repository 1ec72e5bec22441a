package io.upper.config;

import java.util.Locale;

/** How the lines of the access log are written. */
public enum AccessLogFormat {
  OFF,
  TEXT,
  JSON;

  /** The word for it in the configuration. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
