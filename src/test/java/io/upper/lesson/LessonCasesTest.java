package io.upper.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.MatrixTable;
import io.upper.check.CheckCase;
import io.upper.check.cases.Cases;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** A lesson fails the cases that its header names, and passes those that name it. */
class LessonCasesTest {
  private static final Pattern ID =
      Pattern.compile("\\{@code\\s+(?:\\*\\s+)?((tcp|udp|tls)/[a-z0-9/-]+)}");
  private static final Set<String> FAILED = Set.of("F", "W");

  private static List<CheckCase> all() {
    return Cases.ALL;
  }

  private static Set<String> named(String lesson) throws Exception {
    return ID.matcher(LessonSources.header(lesson))
        .results()
        .map(found -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> naming(String lesson) {
    return all().stream()
        .filter(check -> check.lesson().equals(LessonSources.word(lesson)))
        .map(CheckCase::id)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void whatIsNamedExists() throws Exception {
    Set<String> ids = all().stream().map(CheckCase::id).collect(Collectors.toSet());
    int count = 0;
    for (String lesson : LessonSources.names()) {
      count += named(lesson).size();
      assertTrue(ids.containsAll(named(lesson)), lesson + ": " + named(lesson));
    }
    assertTrue(count > 0);
    Set<String> lessons =
        LessonSources.names().stream().map(LessonSources::word).collect(Collectors.toSet());
    all().stream()
        .filter(check -> !check.lesson().isEmpty())
        .forEach(check -> assertTrue(lessons.contains(check.lesson()), check.id()));
  }

  /** And what the document says, {@code DocumentedMatrixTest} finds. */
  @Test
  void theDocumentSaysTheSame() throws Exception {
    Map<String, Map<String, String>> columns = MatrixTable.of(Path.of("docs/lessons.md")).columns();
    for (String lesson : LessonSources.names()) {
      Map<String, String> column = columns.getOrDefault(LessonSources.word(lesson), Map.of());
      for (String id : named(lesson)) {
        assertTrue(FAILED.contains(column.getOrDefault(id, ".")), lesson + " " + id);
      }
      for (String id : naming(lesson)) {
        assertEquals(".", column.getOrDefault(id, "."), lesson + " " + id);
      }
    }
  }
}
