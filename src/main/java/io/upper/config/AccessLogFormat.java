package io.upper.config;

import io.upper.text.Word;

/** Format of the access log. */
public enum AccessLogFormat implements Word {
  OFF,
  TEXT,
  JSON
}
