package io.upper.cli;

import io.upper.cert.CertificateAuthority;
import io.upper.check.StartedServer;
import io.upper.config.ConfigurationException;
import io.upper.jvm.ChildJvm;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.vertx.core.VerticleBase;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A server of Upper's own: a lesson, or the real server with a model.
 *
 * @param lesson null for the real server
 * @param name of the lesson or the model
 * @param protocol over which it is graded
 */
record MatrixServer(Lesson lesson, String name, String protocol) {
  private static final String LESSON = "lesson:";
  private static final String MODEL = "model:";
  private static final String ALL = "all";

  // Stands for the port where JSON has a number.
  private static final String NUMBER = "PORT";

  // Clients, and servers of something else than a port of this machine.
  private static final Pattern NOT_GRADED =
      Pattern.compile(".*-client|mcast-.*|unix-.*|.*-bus|.*-cluster-worker");

  /**
   * The servers of a word.
   *
   * @param word {@code lesson:NAME}, {@code model:NAME}, {@code lesson:all} or {@code model:all}
   * @throws ConfigurationException if there are none
   */
  static Stream<MatrixServer> named(String word) {
    List<MatrixServer> found =
        Stream.concat(lessons(), models())
            .filter(server -> word.equals(server.word()) || word.equals(server.kind() + ALL))
            .toList();
    if (found.isEmpty()) {
      throw new ConfigurationException("--matrix: " + word + " is no server" + help(word));
    }
    return found.stream();
  }

  private static String help(String word) {
    if (word.startsWith(LESSON)) {
      return " that can be graded (upper lesson lists the lessons)";
    }
    return word.startsWith(MODEL)
        ? "; models: " + String.join(", ", new ModelWords())
        : ", such as lesson:tcp-select, lesson:all, model:event-loop or model:all";
  }

  private static Stream<MatrixServer> lessons() {
    return Lesson.ALL.stream()
        .filter(lesson -> !NOT_GRADED.matcher(lesson.name()).matches())
        .map(lesson -> new MatrixServer(lesson, lesson.name(), protocol(lesson.name())));
  }

  private static String protocol(String name) {
    return Stream.of("udp", "tls").filter(name::contains).findFirst().orElse("tcp");
  }

  private static Stream<MatrixServer> models() {
    return Models.all().stream()
        .map(ModelFactory::word)
        .map(word -> new MatrixServer(null, word, "tcp"));
  }

  private String kind() {
    return lesson == null ? MODEL : LESSON;
  }

  /** As the user names it. */
  String word() {
    return kind() + name;
  }

  /**
   * The command that starts it, on this JVM.
   *
   * @param certificates directory with a certificate for localhost
   */
  List<String> command(Path certificates) {
    JsonObject tls = CertificateAuthority.settings(certificates);
    if (lesson == null) {
      return upper("serve", "-conf", atPort(configuration()));
    }
    if (!protocol.equals("tls")) {
      // A gateway needs a worker: here its own.
      return name.equals("vertx-cluster-gateway")
          ? upper("lesson", name, StartedServer.PORT, "1")
          : upper("lesson", name, StartedServer.PORT);
    }
    // The main method of a verticle takes no certificate.
    return VerticleBase.class.isAssignableFrom(lesson.type())
        ? upper("run", lesson.type().getName(), "-conf", atPort(tls.put("port", NUMBER)))
        : upper(
            "lesson", name, StartedServer.PORT, tls.getString("certificate"), tls.getString("key"));
  }

  private JsonObject configuration() {
    JsonObject off = new JsonObject().put("enabled", false);
    return new JsonObject()
        .put("tcp", new JsonObject().put("port", NUMBER).put("model", name))
        .put("udp", off)
        .put("tls", off)
        // The model cluster has no other node.
        .put("cluster", new JsonObject().put("work", true));
  }

  private static String atPort(JsonObject configuration) {
    return configuration.encode().replace('"' + NUMBER + '"', StartedServer.PORT);
  }

  private static List<String> upper(String... arguments) {
    return ChildJvm.command(ChildJvm.serverOptions(), "io.upper.Main", arguments);
  }
}
