package io.upper.live;

import io.upper.model.ModelFactory;
import io.upper.model.Models;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of the page, which are resources of this package in the jar, and the sources of the
 * models. All are public: they need no token.
 */
final class LiveFiles {
  /** The page itself. */
  static final String INDEX = "index.html";

  // A plain name with a known ending: so no class, and no other directory.
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,60}\\.(html|js|css|json|svg|png)");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "json", "application/json; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png");

  // The page's library: the directory in its jar has its version in the name.
  private static final String UPLOT_PREFIX = "uPlot.";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/%s/dist/%s";
  private static final String UPLOT_VERSION =
      "/META-INF/maven/org.webjars.npm/uplot/pom.properties";

  private LiveFiles() {}

  /**
   * A file and its media type.
   *
   * @param policy its Content-Security-Policy
   */
  record Content(String type, byte[] bytes, String policy) {
    Content(String type, byte[] bytes) {
      this(type, bytes, Safety.POLICY);
    }
  }

  /** Reads a file of the page; empty if there is none of this name. Blocks. */
  static Optional<Content> read(String name) throws IOException {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String type = TYPES.get(matcher.group(1));
    return bytes(LiveFiles.class, name.startsWith(UPLOT_PREFIX) ? uplot(name) : name)
        .map(bytes -> new Content(type, bytes));
  }

  private static String uplot(String name) throws IOException {
    Properties properties = new Properties();
    try (InputStream in = LiveFiles.class.getResourceAsStream(UPLOT_VERSION)) {
      if (in != null) {
        properties.load(in);
      }
    }
    return String.format(Locale.ROOT, UPLOT, properties.getProperty("version"), name);
  }

  /** Reads the source of a model; empty if there is none of this name. Blocks. */
  static Optional<Content> source(String model) throws IOException {
    Optional<ModelFactory> found = Models.find(model);
    return found.isEmpty()
        ? Optional.empty()
        : bytes(found.get().getClass(), found.get().source())
            .map(bytes -> new Content("text/plain; charset=utf-8", bytes));
  }

  private static Optional<byte[]> bytes(Class<?> owner, String resource) throws IOException {
    try (InputStream in = owner.getResourceAsStream(resource)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    }
  }
}
