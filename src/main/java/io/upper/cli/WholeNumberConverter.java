package io.upper.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a whole number; longer ones than any option's bounds are for {@link Bounds} to refuse. */
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
