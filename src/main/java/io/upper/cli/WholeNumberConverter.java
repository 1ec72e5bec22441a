package io.upper.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses an integer; {@link Bounds} checks its range. */
final class WholeNumberConverter implements ITypeConverter<Long> {
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,18}");

  @Override
  public Long convert(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new TypeConversionException(text + " is not a whole number of at most 18 digits");
    }
    return Long.parseLong(text);
  }
}
