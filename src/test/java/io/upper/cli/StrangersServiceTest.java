package io.upper.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperProcess;
import io.upper.UpperProcess.Ended;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A service of a jar that somebody else has made: each line is answered reversed. */
@Timeout(240)
@Tag("one-jdk")
class StrangersServiceTest {
  private static final String SOURCE =
      """
      package stranger;

      import io.upper.service.*;
      import java.io.ByteArrayOutputStream;
      import java.nio.ByteBuffer;
      import java.util.Map;
      import java.util.function.Supplier;

      public final class Reverse implements ServiceFactory {
        public String word() { return "reverse"; }

        public Map<String, Object> defaults() {
          return Map.of("maxLine", 80, "shout", false, "end", End.LF);
        }

        public enum End {
          LF, CR;
          public String toString() { return name().toLowerCase(java.util.Locale.ROOT); }
        }

        public boolean repeatable() { return true; }

        public Supplier<Service> create(Map<String, Object> settings) {
          int max = (int) settings.get("maxLine");
          boolean shout = (boolean) settings.get("shout");
          if (max < 1) {
            throw new IllegalArgumentException("maxLine: " + max + " is not at least 1");
          }
          return () -> new Lines(max, shout);
        }

        static final class Lines implements Service {
          private final int max;
          private final boolean shout;
          private final ByteArrayOutputStream line = new ByteArrayOutputStream();

          Lines(int max, boolean shout) {
            this.max = max;
            this.shout = shout;
          }

          public ByteBuffer next(ByteBuffer bytes) {
            ByteArrayOutputStream reply = new ByteArrayOutputStream();
            while (bytes.hasRemaining()) {
              byte one = bytes.get();
              if (one == '\\n') {
                reply.writeBytes(end().array());
                reply.write('\\n');
              } else if (line.size() == max) {
                throw new IllegalStateException("a line of more than " + max + " bytes");
              } else {
                line.write(shout ? Character.toUpperCase(one) : one);
              }
            }
            return ByteBuffer.wrap(reply.toByteArray());
          }

          public ByteBuffer end() {
            String reversed = new StringBuilder(line.toString()).reverse().toString();
            line.reset();
            return ByteBuffer.wrap(reversed.getBytes());
          }

          public ByteBuffer held() {
            return ByteBuffer.wrap(line.toByteArray());
          }
        }
      }
      """;
  private static final String REST =
      ", 'udp': {'enabled': false}, 'tls': {'enabled': false}, 'drainSeconds': 1}";

  @TempDir private static Path directory;

  @BeforeAll
  static void compileTheStranger() throws IOException {
    Path source = Files.createDirectories(directory.resolve("stranger")).resolve("Reverse.java");
    Files.writeString(source, SOURCE);
    String[] arguments = {"-proc:none", source.toString()};
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
    try (OutputStream file = Files.newOutputStream(directory.resolve("stranger.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("META-INF/services/io.upper.service.ServiceFactory"));
      jar.write("stranger.Reverse".getBytes(US_ASCII));
      for (String name : new String[] {"Reverse", "Reverse$Lines", "Reverse$End"}) {
        jar.putNextEntry(new JarEntry("stranger/" + name + ".class"));
        jar.write(Files.readAllBytes(directory.resolve("stranger/" + name + ".class")));
      }
    }
  }

  private static UpperProcess.Builder upper() {
    return UpperProcess.ofClassesAnd(directory.resolve("stranger.jar")).in(directory);
  }

  private static String json(String json) {
    return json.replace('\'', '"');
  }

  private static int port(UpperProcess server) throws Exception {
    return Integer.parseInt(server.awaitLine(".*listening on .*:(\\d+) \\(.*").group(1));
  }

  private static String ask(Socket client, String text, int reply) throws IOException {
    client.getOutputStream().write(text.getBytes(US_ASCII));
    return new String(client.getInputStream().readNBytes(reply), US_ASCII);
  }

  @Test
  void clientsCompareWithTheSameService() throws Exception {
    assertCompared("event-loop");
  }

  @Tag("slow")
  @Test
  void clientsCompareWithTheSameServiceInProcesses() throws Exception {
    assertCompared("process-per-connection");
  }

  private static void assertCompared(String model) throws Exception {
    String conf =
        json("{'tcp': {'port': 0, 'service': 'reverse', 'model': '" + model + "'}" + REST);
    UpperProcess.Builder program = upper().environment("UPPER_REVERSE_SHOUT", "true");
    try (UpperProcess server = program.start("-conf", conf)) {
      String port = String.valueOf(port(server));
      String[] target = {"tcp", "localhost", port, "--service", "reverse", "--set", "shout=true"};
      try (UpperProcess client = upper().start(with("client", target))) {
        client.write("hello\n");
        client.endOfInput();
        assertEquals("Reply is 'OLLEH'\n", client.awaitEnd().out());
      }
      if (model.equals("event-loop")) {
        String[] load = {"--requests", "20", "--quiet", "--fail-if", "errors>0"};
        Ended right =
            upper()
                .run(
                    with(
                        "stress",
                        new String[] {"tcp", "localhost", port, "3"},
                        load,
                        new String[] {"--service", "reverse", "--set", "shout=true"}));
        assertEquals(0, right.status(), right::out);
        assertTrue(right.out().endsWith("Clients never served: 0\n"), right::out);
        Ended other =
            upper()
                .run(
                    with(
                        "stress",
                        new String[] {"tcp", "localhost", port, "3"},
                        load,
                        new String[] {"--service", "reverse"}));
        assertEquals(99, other.status(), other::out);
      }
    }
  }

  private static String[] with(String first, String[]... more) {
    List<String> all = new ArrayList<>(List.of(first));
    for (String[] some : more) {
      all.addAll(List.of(some));
    }
    return all.toArray(String[]::new);
  }

  /** The tag that tells its datagrams apart comes back changed. */
  @Test
  void datagramsAreComparedToo() throws Exception {
    String conf =
        json(
            "{'udp': {'port': 0, 'service': 'reverse'}, 'tcp': {'enabled': false},"
                + " 'tls': {'enabled': false}, 'drainSeconds': 1}");
    try (UpperProcess server = upper().start("-conf", conf)) {
      Ended load =
          upper()
              .run(
                  "stress",
                  "udp",
                  "localhost",
                  String.valueOf(port(server)),
                  "3",
                  "--requests",
                  "20",
                  "--service",
                  "reverse",
                  "--quiet",
                  "--fail-if",
                  "errors>0");
      assertEquals(0, load.status(), load::out);
      assertTrue(load.out().endsWith("Clients never served: 0\n"), load::out);
    }
  }

  /** What the service before has held back goes first. */
  @Test
  void openConversationsGetAnotherServiceAndItsSettings() throws Exception {
    Path file = directory.resolve("upper.json");
    Files.writeString(file, json("{'tcp': {'port': 0}" + REST));
    try (UpperProcess server = upper().start("-conf", file.toString())) {
      int port = port(server);
      try (Socket client = new Socket("localhost", port)) {
        assertEquals("HELLO", ask(client, "hello", 5));
        Files.writeString(file, json("{'tcp': {'port': 0, 'service': 'reverse'}" + REST));
        server.awaitLine("tcp/service: uppercase -> reverse");
        assertEquals("olleh\n", ask(client, "hello\nun", 6));
        Files.writeString(
            file,
            json("{'tcp': {'port': 0, 'service': 'reverse'}, 'reverse': {'shout': true}" + REST));
        server.awaitLine("reverse/shout: false -> true");
        assertEquals("nuENO\n", ask(client, "one\n", 6));
        Files.writeString(
            file,
            json("{'tcp': {'port': 0, 'service': 'reverse'}, 'reverse': {'maxLine': 0}" + REST));
        server.awaitError("upper.json: /reverse/maxLine: 0 is not at least 1; nothing");
        assertEquals("OWT\n", ask(client, "two\n", 4));
      }
    }
  }

  @Test
  void itsSettingsAreShownWithTheirSources() throws Exception {
    String conf = json("{'tls': {'enabled': false}, 'reverse': {'maxLine': 7}}");
    Ended shown = upper().environment("UPPER_REVERSE_SHOUT", "true").run("config", "-conf", conf);
    assertEquals(0, shown.status(), shown::err);
    String out = shown.out().replaceAll(" +", " ");
    assertTrue(out.contains("reverse/end \"lf\" built-in default\n"), out);
    assertTrue(out.contains("reverse/maxLine 7 -conf\n"), out);
    assertTrue(out.contains("reverse/shout true environment variable UPPER_REVERSE_SHOUT\n"), out);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'tcp': {'service': 'revers'}}                            | /tcp/service: "revers" is not one of
          {'tcp': {'service': 'reverse'}, 'reverse': {'maxLine': 0}} | /reverse/maxLine: 0 is not at least 1
          """)
  void whatCannotBeIsRefused(String conf, String reason) throws Exception {
    assertRefused(conf, reason);
  }

  @Tag("slow")
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'reverse': {'maxLine': 'x'}}                             | /reverse/maxLine: "x" is not an integer in
          {'reverse': {'end': 'crlf'}}                              | /reverse/end: "crlf" is not one of lf, cr
          {'reverse': {'max': 1}}                                   | /reverse/max: unknown setting; known here: end, maxLine, shout
          """)
  void moreThatCannotBeIsRefused(String conf, String reason) throws Exception {
    assertRefused(conf, reason);
  }

  private static void assertRefused(String conf, String reason) throws Exception {
    Ended refused = upper().run("config", "-conf", json(conf));
    assertEquals(2, refused.status());
    assertTrue(refused.err().startsWith("-conf: " + reason), refused.err());
    assertEquals(1, refused.err().lines().count(), refused.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --service revers                  | --service: revers is not one of
          --service reverse --set max=1     | --set: /reverse/max: unknown setting
          --service reverse --set maxLine=0 | --set: /reverse/maxLine: 0 is not at least 1
          """)
  void optionsThatCannotBeAreRefused(String options, String reason) throws Exception {
    Ended refused =
        upper().run(with("client", new String[] {"tcp", "localhost", "1"}, options.split(" ")));
    assertEquals(2, refused.status());
    assertTrue(refused.err().startsWith(reason), refused.err());
  }

  /** A class that another jar should have brought: one line, which names the jar. */
  @Test
  void aServiceThatIsBrokenIsOneLine() throws Exception {
    Path broken = directory.resolve("broken.jar");
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(broken))) {
      jar.putNextEntry(new JarEntry("META-INF/services/io.upper.service.ServiceFactory"));
      jar.write("stranger.Missing".getBytes(US_ASCII));
    }
    Ended refused = UpperProcess.ofClassesAnd(broken).run("serve");
    assertEquals(2, refused.status());
    assertEquals(
        broken + ": stranger.Missing cannot be used: there is no such class\n", refused.err());
  }
}
