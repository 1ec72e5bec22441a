package io.upper.lesson;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The lessons as found in their directory, so that tests cover all of them. */
public final class LessonSources {
  private static final Path DIRECTORY = Path.of("src/main/java/io/upper/lesson");
  private static final Pattern HEADER = Pattern.compile("(?ms)^/\\*\\*$.*?^ \\*/$");
  private static final Pattern COMMANDS = Pattern.compile("(?s)<pre>\n(.*?)</pre>");

  private LessonSources() {}

  /** The class names without package. */
  public static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(file -> file.getFileName().toString().replace(".java", ""))
          .filter(name -> !name.equals("package-info"))
          .sorted()
          .toList();
    }
  }

  /** The lesson's name on the command line. */
  public static String word(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  static String source(String name) throws IOException {
    return Files.readString(DIRECTORY.resolve(name + ".java"));
  }

  static String header(String name) throws IOException {
    Matcher header = HEADER.matcher(source(name));
    return header.find() ? header.group() : "";
  }

  /** The commands in the header: those that run it, and last the one that sends a request. */
  public static List<String> commands(String name) throws IOException {
    Matcher blocks = COMMANDS.matcher(header(name));
    List<String> last = List.of();
    while (blocks.find()) {
      last = blocks.group(1).lines().map(line -> line.replaceFirst("^ \\* ?", "")).toList();
    }
    return last.stream().filter(line -> !line.isBlank()).toList();
  }
}
