package io.upper.lesson;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each lesson is one short file with a complete header, and leans on nothing of the project. */
class LessonSourcesTest {
  private static final int MAX_CODE_LINES = 60;
  private static final int MAX_LINES = 100;
  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (static )?(java|javax|io\\.vertx\\.(core|spi)|io\\.netty|com\\.hazelcast)\\..*;");
  private static final Pattern API = Pattern.compile("\\{@link\\s");
  private static final Pattern SERVER_CLASS =
      Pattern.compile("\\bio\\.upper\\.(?!lesson)[a-z.]+\\.[A-Z]\\w+");
  private static final Pattern NEXT = Pattern.compile("<p><b>Next:</b> \\{@link ([A-Z]\\w+)}");

  static Stream<String> names() throws Exception {
    return LessonSources.names().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void isShort(String name) throws Exception {
    List<String> lines = LessonSources.source(name).lines().toList();
    assertTrue(lines.size() <= MAX_LINES, lines.size() + " lines");
    long code =
        LessonSources.source(name)
            .replace(LessonSources.header(name), "")
            .lines()
            .filter(line -> !line.isBlank() && !line.matches("(import|package) .*"))
            .count();
    assertTrue(code <= MAX_CODE_LINES, code + " lines of code");
  }

  @ParameterizedTest
  @MethodSource("names")
  void importsPublicApiOnly(String name) throws Exception {
    String body = LessonSources.source(name).replace(LessonSources.header(name), "");
    body.lines()
        .filter(line -> line.startsWith("import "))
        .forEach(
            line -> {
              assertTrue(IMPORT.matcher(line).matches(), line);
              assertTrue(!line.matches(".*\\.(impl|internal)\\..*"), line);
            });
    assertTrue(!body.replaceFirst("package .*", "").contains("io.upper"), "depends on the project");
    for (String other : LessonSources.names()) {
      boolean named = Pattern.compile("\\b" + other + "\\b").matcher(body).find();
      assertTrue(other.equals(name) || !named, "depends on " + other);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void hasACompleteHeader(String name) throws Exception {
    String header = LessonSources.header(name);
    assertTrue(API.matcher(header.substring(0, header.indexOf("<pre>"))).find(), "its main API");
    List<String> commands = LessonSources.commands(name);
    assertTrue(
        commands.stream()
            .anyMatch(
                command ->
                    command.contains("./upper lesson " + LessonSources.word(name))
                        || command.contains("./upper run io.upper.lesson." + name + " ")),
        "how to run it: " + commands);
    assertTrue(header.contains("<p><b>Python:</b> "), "the Python file");
    String faults = header.substring(header.indexOf("<p><b>What it leaves out:</b>"));
    int count = faults.split("<li>", -1).length - 1;
    assertTrue(count >= 2 && count <= 4, count + " faults");
    Matcher named = SERVER_CLASS.matcher(faults.replaceAll("\n \\*\\s+", " "));
    assertTrue(named.find(), "no class that adds what is left out");
    do {
      String serverClass = named.group();
      assertDoesNotThrow(() -> Class.forName(serverClass, false, getClass().getClassLoader()));
    } while (named.find());
    Matcher next = NEXT.matcher(header);
    assertTrue(next.find(), "what to read next");
    assertTrue(LessonSources.names().contains(next.group(1)), next.group(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/lessons.md", "docs/lessons.es.md"})
  void isAStepOfTheLadder(String page) throws Exception {
    String text = Files.readString(Path.of(page));
    for (String name : LessonSources.names()) {
      String link = "[" + name + "](../src/main/java/io/upper/lesson/" + name + ".java)";
      assertTrue(text.contains(link), link);
    }
  }

  @Test
  void allAreListedAndShown() throws Exception {
    UpperProcess.Ended listed = UpperCommand.run("lesson");
    assertEquals(0, listed.status(), listed.err());
    List<String> words = listed.out().lines().map(line -> line.split(" ")[0]).sorted().toList();
    assertEquals(LessonSources.names().stream().map(LessonSources::word).sorted().toList(), words);
    assertTrue(listed.out().lines().allMatch(line -> line.length() <= 150), listed.out());
    UpperProcess.Ended shown = UpperCommand.run("show", "tcp-select");
    assertEquals(LessonSources.source("TcpSelect"), shown.out());
  }
}
