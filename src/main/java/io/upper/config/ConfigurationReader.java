package io.upper.config;

import io.upper.jvm.FileContent;
import io.upper.net.FileDescriptors;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration; later wins: built-in {@code conf/default.json}, the file or JSON of
 * {@code -conf}, the environment ({@code UPPER_TCP_MAX_CONNECTIONS}), system properties ({@code
 * -Dupper.tcp.maxConnections}). Each source is checked before the next one is read, so an error
 * names its source. Plain blocking code, without Vert.x. Not thread-safe.
 *
 * <p>Without {@code -conf}, {@code -Dupper.conf} or {@code UPPER_CONF} takes its place.
 */
public final class ConfigurationReader {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationReader.class);

  private static final String OPTION = "-conf";
  // Their directory among the sources; in the jar they are beside this class.
  private static final String BUILT_IN = "conf/";
  private static final String NO_SUCH_FILE = "there is no such file, or it cannot be read";
  // Where editors look for a file's schema.
  private static final String SCHEMA = "$schema";

  private final String conf;
  private final List<Source> first = new ArrayList<>();
  private final List<Source> given = new ArrayList<>();
  private final List<Source> last = new ArrayList<>();
  private final Map<String, String> environment;
  private final Map<String, String> properties;
  // The content of a pipe or device, which is read once.
  private JsonObject readOnce;
  private boolean wasRegular;

  /**
   * @param conf JSON text, the path of a file (also searched on the class path, where {@code conf/}
   *     names the built-in ones, such as {@code conf/production.json}), or null
   */
  public ConfigurationReader(String conf) {
    this(conf, System.getenv(), copy(System.getProperties()));
  }

  ConfigurationReader(
      String conf, Map<String, String> environment, Map<String, String> properties) {
    this.conf = conf != null ? conf : Variables.conf(environment, properties);
    this.environment = environment;
    this.properties = properties;
  }

  private static Map<String, String> copy(Properties properties) {
    Map<String, String> copy = new HashMap<>();
    properties.stringPropertyNames().forEach(name -> copy.put(name, properties.getProperty(name)));
    return copy;
  }

  /** Adds a source that all others override, except the built-in defaults. */
  public ConfigurationReader first(String name, JsonObject document) {
    first.add(new Source(name, document));
    return this;
  }

  /** Adds a source between the file and the environment. */
  public ConfigurationReader given(String name, JsonObject document) {
    given.add(new Source(name, document));
    return this;
  }

  /** Adds a source that overrides all others. */
  public ConfigurationReader last(String name, JsonObject document) {
    last.add(new Source(name, document));
    return this;
  }

  /**
   * Reads and checks the whole configuration; blocks. Later calls read a regular file again, but
   * not a pipe.
   *
   * @throws ConfigurationException naming source and setting
   */
  public Configuration read() {
    Configuration configuration = null;
    JsonObject merged = new JsonObject();
    for (Source source : sources()) {
      if (!source.document().isEmpty()) {
        configuration = checked(merged.mergeIn(source.document().copy(), true), source.name());
      }
    }
    Configuration complete = configuration == null ? Configuration.of(merged) : configuration;
    complete.descriptorShortage(merged, FileDescriptors.limit()).ifPresent(LOG::warn);
    return complete;
  }

  private static Configuration checked(JsonObject merged, String source) {
    try {
      return Configuration.of(merged);
    } catch (ConfigurationException e) {
      throw e.from(source);
    }
  }

  /**
   * A setting in force.
   *
   * @param path its keys from the root
   * @param source where its value comes from, as text
   */
  public record Setting(List<String> path, Object value, String source) {}

  /** All settings that {@link #read} returns, in the order of {@code conf/default.json}. */
  public List<Setting> settings() {
    List<Source> sources =
        new ArrayList<>(List.of(new Source("built-in default", Defaults.document())));
    sources.addAll(sources());
    JsonObject merged = new JsonObject();
    sources.forEach(source -> merged.mergeIn(source.document().copy(), true));
    List<Setting> settings = new ArrayList<>();
    collect(List.of(), merged, sources, settings);
    return settings;
  }

  private static void collect(
      List<String> parent, JsonObject section, List<Source> sources, List<Setting> settings) {
    for (String key : section.fieldNames()) {
      List<String> path = Stream.concat(parent.stream(), Stream.of(key)).toList();
      if (section.getValue(key) instanceof JsonObject inner) {
        collect(path, inner, sources, settings);
      } else {
        String last = "";
        for (Source source : sources) {
          last = source.has(path) ? source.origin(path) : last;
        }
        settings.add(new Setting(path, section.getValue(key), last));
      }
    }
  }

  /** All sources; later wins. */
  private List<Source> sources() {
    List<Source> sources = new ArrayList<>(first);
    sources.add(new Source(source(), document()));
    sources.addAll(given);
    sources.add(Variables.environment(environment));
    sources.add(Variables.properties(properties));
    sources.addAll(last);
    return sources;
  }

  /**
   * Reads the document of {@code -conf}, unchecked; empty without {@code -conf}.
   *
   * @throws ConfigurationException naming the source, if it is not a JSON object
   */
  public JsonObject document() {
    if (conf == null) {
      return new JsonObject();
    }
    if (conf.isBlank()) {
      throw new ConfigurationException("-conf: a file or a JSON text is missing");
    }
    try {
      JsonObject document = isJson() ? JsonText.object(conf) : fileContent();
      document.remove(SCHEMA);
      return document;
    } catch (ConfigurationException e) {
      throw e.from(source());
    }
  }

  /** The source of the value whose JSON pointer starts the message; null if unknown. */
  public String sourceOf(ConfigurationException refusal) {
    for (Setting setting : settings()) {
      if (refusal.getMessage().startsWith("/" + String.join("/", setting.path()) + ":")) {
        return setting.source();
      }
    }
    return conf == null ? null : source();
  }

  /** The regular file that may change; empty for a pipe or a file on the class path. */
  public Optional<Path> file() {
    return Optional.ofNullable(path()).filter(Files::isRegularFile);
  }

  /** The name of {@code -conf} in messages: the file, or the option itself. */
  public String source() {
    return conf == null || isJson() ? OPTION : conf;
  }

  private boolean isJson() {
    return conf.stripLeading().matches("(?s)[{\\[].*");
  }

  private Path path() {
    try {
      return conf == null || conf.isBlank() || isJson() ? null : Path.of(conf);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private JsonObject fileContent() {
    Path file = path();
    boolean regular = file != null && Files.isRegularFile(file);
    if (readOnce != null) {
      LOG.debug("{}: not a regular file: it is read once", conf);
      return readOnce.copy();
    }
    if (wasRegular && !regular) {
      // Do not fall back to a file of that name on the class path.
      throw new ConfigurationException(
          Files.exists(file) ? "no regular file any more" : NO_SUCH_FILE);
    }
    try {
      JsonObject document = JsonText.object(text(bytes(file)));
      wasRegular = regular;
      if (!regular) {
        readOnce = document.copy();
      }
      return document;
    } catch (IOException e) {
      throw new ConfigurationException(reason(e));
    }
  }

  private byte[] bytes(Path file) throws IOException {
    if (file != null && Files.exists(file)) {
      return FileContent.read(file);
    }
    try (InputStream in = resource()) {
      if (in == null) {
        throw new AccessDeniedException(conf);
      }
      return in.readAllBytes();
    }
  }

  /** A file on the class path, or {@code conf/NAME} for a built-in one; null if there is none. */
  private InputStream resource() {
    InputStream found = ConfigurationReader.class.getResourceAsStream("/" + conf);
    return found == null && conf.startsWith(BUILT_IN)
        ? ConfigurationReader.class.getResourceAsStream(conf.substring(BUILT_IN.length()))
        : found;
  }

  private static String text(byte[] bytes) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text; // byte order mark
    } catch (CharacterCodingException e) {
      throw new ConfigurationException("not a JSON object: it is not UTF-8");
    }
  }

  private static String reason(IOException e) {
    String why = e instanceof FileSystemException f ? f.getReason() : e.getMessage();
    return why == null || why.equals("Is a directory") ? NO_SUCH_FILE : "it cannot be read: " + why;
  }
}
