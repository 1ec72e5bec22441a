package io.upper.report;

import io.netty.util.Version;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The origin of a report's figures: command, versions and machine.
 *
 * @param command quoted for a POSIX shell
 * @param upper this project's version; null unless it runs from its jar
 * @param os its name and version
 * @param processors number available to this process
 */
public record Provenance(
    String command,
    String upper,
    String java,
    String vertx,
    String netty,
    String os,
    String arch,
    int processors) {
  private static final Pattern PLAIN = Pattern.compile("[\\w%+,./:=@-]+");

  /** The provenance of this process. */
  public static Provenance of(List<String> arguments) {
    return new Provenance(
        "upper " + arguments.stream().map(Provenance::quoted).collect(Collectors.joining(" ")),
        Provenance.class.getPackage().getImplementationVersion(),
        Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        VertxInternal.version(),
        nettyVersion(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors());
  }

  /** The first keys of every JSON report. */
  public JsonObject json(String schema) {
    return new JsonObject()
        .put("schema", schema)
        .put("command", command)
        .put(
            "versions",
            new JsonObject()
                .put("upper", upper)
                .put("java", java)
                .put("vertx", vertx)
                .put("netty", netty))
        .put(
            "host", new JsonObject().put("os", os).put("arch", arch).put("processors", processors));
  }

  /** All versions in one line. */
  public String versions() {
    String own = upper == null ? "(not from a jar)" : upper;
    return String.format(
        Locale.ROOT, "upper %s, Java %s, Vert.x %s, Netty %s", own, java, vertx, netty);
  }

  /** Operating system and processors in one line. */
  public String machine() {
    return os + ", " + arch + ", " + Units.plural(processors, "processor");
  }

  private static String nettyVersion() {
    // All artifacts of Netty have one version.
    return Version.identify().values().stream()
        .map(Version::artifactVersion)
        .findFirst()
        .orElse("(unknown)");
  }

  /** Quoted for a POSIX shell. */
  private static String quoted(String argument) {
    return PLAIN.matcher(argument).matches()
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }
}
