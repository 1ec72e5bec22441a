package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.LogLevels;
import io.upper.check.CheckCase;
import io.upper.check.cases.Cases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The commands of documents that no other test runs are understood, and their cases exist. */
@ExtendWith(LogLevels.class)
@Tag("one-jdk")
class DocumentedCommandsTest {
  private static final Pattern COMMAND =
      Pattern.compile(
          "(?:\\./upper|java -jar upper\\.jar) ([a-z]+)((?: +(?:'[^']*'|[^\\s'|;&`)>#]+))*)");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|[^\\s']+");
  private static final Pattern CASE =
      Pattern.compile("(?<![\\w/])(?:tcp|udp|tls)/[a-z]+(?:/[a-z0-9-]+)?");

  private static final Map<String, Class<?>> COMMANDS =
      Map.of(
          "serve", ServeCommand.class,
          "run", RunCommand.class,
          "lesson", LessonCommand.class,
          "client", ClientCommand.class,
          "stress", StressCommand.class,
          "check", CheckCommand.class,
          "lab", LabCommand.class,
          "show", ShowCommand.class);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "docs/teaching.md",
        "docs/teaching.es.md",
        "examples/assignment/README.md",
        "examples/assignment/README.es.md"
      })
  void everyCommandIsUnderstood(String document) throws IOException {
    String text = Files.readString(Path.of(document));
    assertTrue(COMMAND.matcher(text).find(), "no command");
    COMMAND
        .matcher(text)
        .results()
        .forEach(
            command -> {
              Class<?> named = COMMANDS.get(command.group(1));
              String[] words = words(command.group(2));
              assertDoesNotThrow(() -> new CommandLine(named).parseArgs(words), command.group());
              if (named == LessonCommand.class && words.length > 0 && !words[0].startsWith("$")) {
                assertTrue(Lesson.of(words[0]).isPresent(), command.group());
              }
            });
    List<String> ids = Cases.ALL.stream().map(CheckCase::id).toList();
    CASE.matcher(text)
        .results()
        .map(found -> found.group())
        .forEach(
            found ->
                assertTrue(
                    ids.stream().anyMatch(id -> id.equals(found) || id.startsWith(found + "/")),
                    found));
  }

  private static String[] words(String text) {
    return WORD.matcher(text)
        .results()
        .map(word -> word.group(1) == null ? word.group() : word.group(1))
        .toArray(String[]::new);
  }
}
