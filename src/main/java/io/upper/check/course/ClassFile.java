package io.upper.check.course;

import io.upper.config.ConfigurationException;
import io.upper.jvm.FileContent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Reads a class file: UTF-8, a submission a line, {@code name<TAB>directory<TAB>command}. Blank
 * lines and those that begin with # do not count.
 */
public final class ClassFile {
  // A name is also that of files, with an extension.
  private static final int MAX_NAME = 80;
  private static final String TABLE = "index";

  // A word of the command; as in a shell, quotes keep blanks.
  private static final Pattern WORD = Pattern.compile("(?:[^\\s\"']|\"[^\"]*\"|'[^']*')+");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"|'([^']*)'");

  private final Path file;
  private final List<Submission> submissions = new ArrayList<>();
  // Lines by file name in lower case: some file systems take AA for aa.
  private final Map<String, Integer> lines = new HashMap<>();

  private ClassFile(Path file) {
    this.file = file;
  }

  /**
   * Reads it. Directories are relative to its own.
   *
   * @throws ConfigurationException in one line, with file and line, if it is no class file
   */
  public static List<Submission> read(Path file) {
    ClassFile read = new ClassFile(file);
    String[] all = read.text().split("\r?\n");
    for (int i = 0; i < all.length; i++) {
      if (!all[i].isBlank() && !all[i].startsWith("#")) {
        read.add(i + 1, all[i]);
      }
    }
    if (read.submissions.isEmpty()) {
      throw new ConfigurationException(file + ": there is no submission in it");
    }
    return List.copyOf(read.submissions);
  }

  private String text() {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(FileContent.read(file));
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(bytes)
          .toString()
          .replaceFirst("^\uFEFF", "");
    } catch (NoSuchFileException e) {
      throw new ConfigurationException("--class: there is no file " + file);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("--class: " + file + " is not UTF-8");
    } catch (IOException e) {
      throw new ConfigurationException("--class: " + file + " cannot be read: " + e.getMessage());
    }
  }

  private void add(int line, String text) {
    String[] fields = text.split("\t+");
    if (fields.length != 3) {
      throw refused(
          line, "not name, directory and command with a tab between them, but " + text.strip());
    }
    Path directory = file.toAbsolutePath().resolveSibling(fields[1].strip()).normalize();
    Submission submission =
        new Submission(fields[0].strip(), directory, words(line, fields[2].strip()));
    String name = submission.fileName().toLowerCase(Locale.ROOT);
    if (name.isEmpty() || name.equals(TABLE) || name.length() > MAX_NAME) {
      throw refused(
          line,
          String.format(
              Locale.ROOT,
              "the name \"%s\" cannot be that of a file: use 1 to %d characters, not %s",
              submission.name(),
              MAX_NAME,
              TABLE));
    }
    Integer first = lines.putIfAbsent(name, line);
    if (first != null) {
      throw refused(
          line, "the name " + submission.name() + " has the same files as that of line " + first);
    }
    submissions.add(submission);
  }

  private List<String> words(int line, String command) {
    if (!WORD.matcher(command).replaceAll("").isBlank()) {
      throw refused(line, "a quote is not closed in " + command);
    }
    return WORD.matcher(command)
        .results()
        .map(MatchResult::group)
        .map(word -> QUOTED.matcher(word).replaceAll("$1$2"))
        .toList();
  }

  private ConfigurationException refused(int line, String why) {
    return new ConfigurationException(file + ":" + line + ": " + why);
  }
}
