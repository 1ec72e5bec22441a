package io.upper.config;

import io.upper.text.Word;

/** How the lines of the access log are written. */
public enum AccessLogFormat implements Word {
  OFF,
  TEXT,
  JSON
}
