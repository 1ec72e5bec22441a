package io.upper.jvm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** The program's arguments, which Java garbles if the locale's charset cannot decode them. */
public final class Arguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");

  private Arguments() {}

  /** Appended to a message about characters that the locale's charset lacks. */
  public static String hint() {
    return ": not in the locale's charset, "
        + System.getProperty("sun.jnu.encoding")
        + "; set LC_ALL=C.UTF-8";
  }

  /**
   * Looks for arguments that lost characters because the locale's charset lacks them (LC_ALL=C and
   * an accent).
   *
   * @return a message of one line, or null if there are none
   */
  public static String damaged(String[] arguments) {
    if (Arrays.stream(arguments).noneMatch(Arguments::isSuspect)) {
      return null;
    }
    byte[][] raw = raw();
    for (int i = 0; i < arguments.length; i++) {
      int from = raw.length - arguments.length + i;
      // More arguments than on the command line: they come from an @file of Java's launcher.
      byte[] bytes = from < 0 ? new byte[0] : raw[from];
      boolean same = Arrays.equals(bytes, arguments[i].getBytes(StandardCharsets.UTF_8));
      if (isSuspect(arguments[i]) && !isAscii(bytes) && !same) {
        return "cannot read the argument \"" + arguments[i] + "\"" + hint();
      }
    }
    return null;
  }

  /** U+FFFD is what Java decodes malformed input to. */
  private static boolean isSuspect(String argument) {
    return argument.indexOf('\uFFFD') >= 0;
  }

  /** The raw arguments of the command line; empty where the system does not provide them. */
  private static byte[][] raw() {
    try {
      // This charset maps each byte to one character.
      String line = Files.readString(COMMAND_LINE, StandardCharsets.ISO_8859_1);
      return Arrays.stream(line.split("\0", -1))
          .limit(line.chars().filter(c -> c == 0).count())
          .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
          .toArray(byte[][]::new);
    } catch (IOException e) {
      return new byte[0][];
    }
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte one : bytes) {
      if (one < 0) {
        return false;
      }
    }
    return true;
  }
}
