package io.upper.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The program's arguments, as Java hands them over: where the locale is wrong, damaged. */
public final class Arguments {
  /** What to do about characters that the locale has not got. */
  public static final String HINT =
      ": not in the locale's charset, "
          + System.getProperty("sun.jnu.encoding")
          + "; set LC_ALL=C.UTF-8";

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /**
   * Looks for arguments that lost characters on the way, for the charset of the locale has not got
   * them (LC_ALL=C and an accent).
   *
   * @return null when there are none, or a line that says so
   */
  public static String damaged(String[] arguments) {
    if (Arrays.stream(arguments).noneMatch(Arguments::isSuspect)) {
      return null;
    }
    byte[][] given = given();
    for (int i = 0; i < arguments.length; i++) {
      int from = given.length - arguments.length + i;
      // More of them than the system's: they are from a file of Java's launcher.
      byte[] bytes = from < 0 ? new byte[0] : given[from];
      boolean same = Arrays.equals(bytes, arguments[i].getBytes(StandardCharsets.UTF_8));
      if (isSuspect(arguments[i]) && hasOtherThanAscii(bytes) && !same) {
        return "cannot read the argument \"" + arguments[i] + "\"" + HINT;
      }
    }
    return null;
  }

  /** Java has this for what it cannot decode. */
  private static boolean isSuspect(String argument) {
    return argument.indexOf('\uFFFD') >= 0;
  }

  /** The words of the command line as the system has them; none where that is not known. */
  private static byte[][] given() {
    try {
      // One byte is one character of this charset.
      String line = Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1);
      return Arrays.stream(line.split("\0", -1))
          .limit(line.chars().filter(c -> c == 0).count())
          .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
          .toArray(byte[][]::new);
    } catch (IOException e) {
      return new byte[0][];
    }
  }

  private static boolean hasOtherThanAscii(byte[] bytes) {
    for (byte one : bytes) {
      if (one < 0) {
        return true;
      }
    }
    return false;
  }
}
