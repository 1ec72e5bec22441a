package io.upper.text;

import io.upper.service.Service;
import io.upper.service.ServiceFactory;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The service {@code uppercase}: replies with the uppercase of a text. It changes bytes in place;
 * only when a character changes its length, or was cut before, is the reply a new buffer, at most
 * three times as long. It holds back an incomplete character, at most 3 bytes, and {@link
 * Service#end} returns those as they came. ASCII bytes alone never cause an allocation.
 */
public final class Uppercase implements ServiceFactory {
  private static final String CHARSET = "charset";

  /**
   * Returns the mapping of a charset.
   *
   * @param charset how the stream's bytes are read
   * @return an object ready for a stream; those of {@link TextCharset#ASCII} are one and the same,
   *     which any number of streams and threads may share
   */
  public static Service of(TextCharset charset) {
    return charset.get();
  }

  /** How ASCII is mapped in this process: {@code vector kernel} or {@code word kernel}. */
  public static String kernel() {
    return (Ascii.BLOCKS == null ? "word" : "vector") + " kernel";
  }

  @Override
  public String word() {
    return "uppercase";
  }

  @Override
  public String section() {
    return "text";
  }

  @Override
  public Map<String, Object> defaults() {
    return Map.of(CHARSET, TextCharset.UTF_8);
  }

  @Override
  public Supplier<Service> create(Map<String, Object> settings) {
    return (TextCharset) settings.get(CHARSET);
  }

  @Override
  public boolean repeatable() {
    return true;
  }
}
