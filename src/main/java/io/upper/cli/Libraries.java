package io.upper.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * The libraries in the program with their licences, as the build lists them in the jar. Licences
 * are SPDX identifiers; an embedder or distributor may choose one of several.
 */
public final class Libraries {
  private static final String LIST = "/META-INF/licenses/libraries.txt";

  private Libraries() {}

  /** Upper's licence, then a line for each library: coordinates, version, licences. */
  public static List<String> lines() throws IOException {
    try (InputStream in = Libraries.class.getResourceAsStream(LIST)) {
      if (in == null) {
        return List.of("the list of libraries is in upper.jar only");
      }
      String list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.concat(
              Stream.of(
                  "licence: Apache-2.0",
                  "libraries (their licences are in META-INF/licenses of the jar):"),
              list.lines().filter(line -> !line.isBlank()).map(line -> "  " + line))
          .toList();
    }
  }
}
