package io.upper;

import io.upper.check.CheckCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables that {@code upper check --matrix … --markdown} has written into a document.
 *
 * @param columns for each server its signs by case, in the order of the document
 * @param others for each protocol how many cases have no row
 */
public record MatrixTable(Map<String, Map<String, String>> columns, Map<String, Integer> others) {
  private static final Pattern PLACE =
      Pattern.compile("(?s)\n<!-- matrix -->\n(.*?)<!-- /matrix -->\n");
  private static final Pattern COUNT =
      Pattern.compile("Over (\\w+), \\d+ servers?(?: \\((.*)\\))?: (\\d+) cases?.*");

  /** Of a document, which has one. */
  public static MatrixTable of(Path document) throws IOException {
    Matcher place = PLACE.matcher(Files.readString(document));
    if (!place.find()) {
      throw new AssertionError(document + " has no matrix");
    }
    MatrixTable table = new MatrixTable(new LinkedHashMap<>(), new LinkedHashMap<>());
    List<String> names = new ArrayList<>();
    String group = "";
    for (String line : place.group(1).lines().toList()) {
      Matcher count = COUNT.matcher(line);
      List<String> cells = cells(line);
      if (count.matches()) {
        String protocol = count.group(1).toLowerCase(Locale.ROOT);
        table.others.put(protocol, Integer.parseInt(count.group(3)));
        if (count.group(2) != null) {
          Stream.of(count.group(2).split(", "))
              .forEach(name -> table.columns.put(name, new LinkedHashMap<>()));
        }
      } else if (line.startsWith("| case |")) {
        names = cells;
        names.stream()
            .skip(1)
            .flatMap(MatrixTable::servers)
            .forEach(name -> table.columns.put(name, new LinkedHashMap<>()));
      } else if (line.startsWith("| **")) {
        group = cells.get(0);
      } else if (line.startsWith("| `")) {
        for (int i = 1; i < cells.size(); i++) {
          String id = group + "/" + cells.get(0);
          String sign = cells.get(i);
          servers(names.get(i)).forEach(name -> table.columns.get(name).put(id, sign));
        }
      }
    }
    return table;
  }

  /** Those that do the same share a column. */
  private static Stream<String> servers(String heading) {
    return Stream.of(heading.split("<br>"));
  }

  private static List<String> cells(String line) {
    return Stream.of(line.replaceAll("[*`]", "").split("\\|"))
        .skip(1)
        .map(String::strip)
        .collect(Collectors.toList());
  }

  /** How many cases of these have a row, or are counted as passed by all. */
  public int size(String protocol, List<CheckCase> cases) {
    long rows =
        cases.stream()
            .filter(
                check ->
                    columns.values().stream().anyMatch(column -> column.containsKey(check.id())))
            .count();
    return (int) rows + others.getOrDefault(protocol, 0);
  }
}
