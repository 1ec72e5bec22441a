package io.upper.cli;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The libraries in the program with their licences, from the list that the build puts into the jar:
 * an SBOM in CycloneDX's format (cyclonedx.org, JSON, version 1.6).
 */
public final class Libraries {
  private static final String SBOM = "/META-INF/sbom/upper.cdx.json";

  private Libraries() {}

  /** Upper's licence, then a line for each library; how to get them if there is no list. */
  public static List<String> lines() throws IOException {
    try (InputStream in = Libraries.class.getResourceAsStream(SBOM)) {
      if (in == null) {
        return List.of("the list of libraries is in upper.jar only");
      }
      JsonObject sbom = new JsonObject(Buffer.buffer(in.readAllBytes()));
      List<String> lines = new ArrayList<>();
      lines.add("licence: " + licences(sbom.getJsonObject("metadata").getJsonObject("component")));
      lines.add("libraries (their licences are in META-INF/licenses of the jar):");
      // One for each system that has a native library.
      sbom.getJsonArray("components").stream()
          .map(one -> line((JsonObject) one))
          .distinct()
          .forEach(lines::add);
      return lines;
    }
  }

  private static String line(JsonObject component) {
    String name = component.getString("group") + ":" + component.getString("name");
    return String.format(
        Locale.ROOT, "  %-60s %-14s %s", name, component.getString("version"), licences(component));
  }

  /** As declared: SPDX identifiers, or names of licences that have none; a choice if several. */
  private static String licences(JsonObject component) {
    return component.getJsonArray("licenses", new JsonArray()).stream()
        .map(one -> ((JsonObject) one).getJsonObject("license"))
        .map(licence -> licence.getString("id", licence.getString("name")))
        .collect(Collectors.joining(" or "));
  }
}
