package io.upper.cli;

import io.upper.job.Job;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a job such as {@code sleep:100ms}, {@code spin:5ms}, {@code none}. */
final class JobConverter implements ITypeConverter<Job> {
  private static final int MAX_MILLIS = 60_000;

  @Override
  public Job convert(String text) {
    return Job.parse(text)
        .filter(job -> job.millis() <= MAX_MILLIS)
        .orElseThrow(
            () ->
                new TypeConversionException(
                    text
                        + " is not a job such as sleep:100ms, spin:5ms or none, of 1 minute at"
                        + " most"));
  }
}
