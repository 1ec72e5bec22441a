package io.upper.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.check.cases.Cases;
import io.upper.check.report.CheckJson;
import io.upper.report.Provenance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/check.md has every case, and every key of the JSON report. */
class CheckDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/check.md");
  private static final Pattern CASE =
      Pattern.compile("(?m)^\\| `((?:tcp|udp|tls)/[^`]+)` \\|.*\\|$");
  private static final Pattern KEY = Pattern.compile("(?m)^\\| `(/[^`]+)` \\|");

  @Test
  void everyCaseHasItsRow() throws Exception {
    String rows =
        CASE.matcher(Files.readString(DOCUMENT))
            .results()
            .map(match -> match.group())
            .collect(Collectors.joining("\n"));
    String cases =
        Cases.ALL.stream()
            .map(
                check ->
                    String.format(
                        "| `%s` | %s | %s | %s |",
                        check.id(),
                        check.requirement().word(),
                        check.level().word(),
                        check.sentence()))
            .collect(Collectors.joining("\n"));
    assertEquals(cases, rows);
  }

  @Test
  void keysDocumentedAreTheKeysWritten() throws Exception {
    Set<String> written = new TreeSet<>();
    try (WrongServer server = new WrongServer()) {
      server.upper = text -> text;
      server.begin();
      Grader.Settings settings =
          new Grader.Settings(
              1, Level.BASIC, false, id -> id.contains("one-"), Duration.ofSeconds(30));
      Report report =
          new Grader(server, "wrong", Cases.TCP, settings, new Grader.Listener() {}).grade();
      Report.Usage usage = new Report.Usage(Duration.ZERO, 0, "");
      collect(
          "",
          CheckJson.of(
              List.of(report.with(usage)),
              Marks.of(List.of(report), Map.of()),
              Provenance.of(List.of("check"))),
          written);
    }
    Set<String> documented =
        KEY.matcher(Files.readString(DOCUMENT))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    // An array of texts, which is empty here.
    documented.remove("/servers/*/verdicts/*/lastLines/*");
    assertEquals(documented, written);
  }

  private static void collect(String pointer, Object value, Set<String> pointers) {
    if (value instanceof JsonObject object) {
      object.forEach(entry -> collect(pointer + "/" + entry.getKey(), entry.getValue(), pointers));
    } else if (value instanceof JsonArray array) {
      array.forEach(element -> collect(pointer + "/*", element, pointers));
    } else {
      pointers.add(pointer);
    }
  }
}
