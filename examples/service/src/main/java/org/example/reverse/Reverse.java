package org.example.reverse;

import io.upper.service.Service;
import io.upper.service.ServiceFactory;
import java.util.Map;
import java.util.function.Supplier;

/** The service {@code reverse}, and its setting: {@code "reverse": {"maxLineBytes": 65536}}. */
public final class Reverse implements ServiceFactory {
  private static final String MAX_LINE_BYTES = "maxLineBytes";
  private static final int DEFAULT_LINE_BYTES = 65_536;
  private static final int MAX = 1_048_576;

  @Override
  public String word() {
    return "reverse";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of(MAX_LINE_BYTES, DEFAULT_LINE_BYTES);
  }

  @Override
  public Supplier<Service> create(Map<String, Object> settings) {
    int maxLineBytes = (Integer) settings.get(MAX_LINE_BYTES);
    if (maxLineBytes < 1 || maxLineBytes > MAX) {
      throw new IllegalArgumentException(
          MAX_LINE_BYTES + ": " + maxLineBytes + " is not in 1.." + MAX);
    }
    return () -> new ReversedLines(maxLineBytes);
  }

  /** A reply depends on the request and the unfinished line only, and that line is what is held. */
  @Override
  public boolean repeatable() {
    return true;
  }
}
