package io.upper.cli;

import io.upper.job.Job;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Parses a job such as {@code sleep:100ms}, {@code spin:5ms}, {@code none}. */
final class JobConverter implements ITypeConverter<Job> {
  private static final Pattern JOB = Pattern.compile("(sleep|spin):(\\d{1,6})(ms|s)");
  private static final int MAX_MILLIS = 60_000;

  @Override
  public Job convert(String text) {
    if (text.equals("none")) {
      return Job.NONE;
    }
    Matcher job = JOB.matcher(text);
    if (job.matches()) {
      int millis = Integer.parseInt(job.group(2)) * (job.group(3).equals("s") ? 1000 : 1);
      if (millis >= 1 && millis <= MAX_MILLIS) {
        return new Job(Job.Kind.valueOf(job.group(1).toUpperCase(Locale.ROOT)), millis);
      }
    }
    throw new TypeConversionException(
        text + " is not a job such as sleep:100ms, spin:5ms or none, of 1 minute at most");
  }
}
