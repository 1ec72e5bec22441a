package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperProcess;
import io.upper.UpperProcess.Ended;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code upper check --class}. */
@Tag("one-jdk")
@Tag("slow")
class ClassTest {
  private static final String CASES = "tcp/basic/one-message";

  @TempDir private Path directory;

  @BeforeEach
  void linux() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
  }

  /** By kind: how its line ends. */
  private static final Map<String, String> KINDS = new LinkedHashMap<>();

  static {
    String right = "2 of 2 passed in .*";
    KINDS.put("right", right);
    KINDS.put("bomb", "stopped: more than 60 processes");
    KINDS.put("chatter", right); // prints without end
    KINDS.put("deaf", right); // ignores SIGTERM
    KINDS.put("late", right); // listens after 3 s
    KINDS.put(
        "fixed", // takes the same port as two others
        "could not be started: (the server does not listen on port .*|.*[Aa]ddress already in use.*)");
    KINDS.put("greedy", "stopped: more than 500 MiB of memory");
    KINDS.put("crash", ".* failed.*"); // ends at each request
    KINDS.put("lower", ".* failed.*"); // replies what it gets
    KINDS.put("litter", right); // leaves a process behind
  }

  /** The program of each language: kind, port, and the fixed port are its arguments. */
  private static final Map<String, String> COMMANDS =
      Map.of(
          "py", "python3 Server.py",
          "pl", "perl Server.pl",
          "java",
              "\""
                  + Path.of(System.getProperty("java.home"), "bin", "java")
                  + "\" -Xmx2g"
                  + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC Server.java");

  private static boolean runs(String program) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
  }

  private String resource(String name) throws IOException {
    try (InputStream in = ClassTest.class.getResourceAsStream("/io/upper/check/course/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Processes whose directory is in that of the test. */
  private List<String> left() throws IOException {
    String here = directory.toRealPath().toString();
    List<String> found = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.toList()) {
        try {
          // One that has given back its memory, but is still listed, does not run any more.
          if (Files.readSymbolicLink(process.resolve("cwd")).toString().startsWith(here)
              && Files.readString(process.resolve("status")).contains("VmRSS")) {
            found.add(Files.readString(process.resolve("cmdline")).replace('\0', ' '));
          }
        } catch (IOException e) {
          // No process, or a zombie.
        }
      }
    }
    return found;
  }

  /** Ten servers in each of three languages, in one run: none disturbs another. */
  @Test
  void aClassOfThirty() throws Exception {
    List<String> languages =
        COMMANDS.keySet().stream()
            .filter(one -> !one.equals("py") || runs("python3"))
            .filter(one -> !one.equals("pl") || runs("perl"))
            .sorted()
            .toList();
    int fixed;
    try (ServerSocket socket = new ServerSocket(0)) {
      fixed = socket.getLocalPort();
    }
    StringBuilder lines = new StringBuilder("# name, directory and command\n");
    for (String kind : KINDS.keySet()) {
      for (String language : languages) {
        String name = kind + "-" + language;
        Path own = Files.createDirectory(directory.resolve(name));
        String program = "Server." + language;
        Files.writeString(own.resolve(program), resource(program));
        lines.append(
            String.format(
                "%s\t%s\t%s %s {port} %d%n", name, name, COMMANDS.get(language), kind, fixed));
      }
    }
    Files.writeString(directory.resolve("class.txt"), lines);
    Ended ended =
        check(
            "--class",
            "class.txt",
            "--out",
            "reports",
            "--only",
            CASES,
            "--jobs",
            "4",
            "--max-processes",
            "60",
            "--max-memory",
            "500");
    assertEquals("", ended.err());
    assertEquals(0, ended.status(), ended.out());
    List<String> wrong = new ArrayList<>();
    KINDS.forEach(
        (kind, end) ->
            languages.stream()
                .filter(language -> !line(ended.out(), kind + "-" + language).matches(end))
                .forEach(language -> wrong.add(line(ended.out(), kind + "-" + language))));
    assertEquals(List.of(), wrong, ended.out());
    assertEquals(List.of(), left());
    assertTrue(ended.out().contains(" fail " + CASES + " "), ended.out());
    assertEquals(
        KINDS.size() * languages.size() + 1,
        Files.readAllLines(directory.resolve("reports/marks.csv")).size());
    try (Stream<Path> reports = Files.list(directory.resolve("reports"))) {
      assertEquals(List.of(), reports.filter(file -> file.toString().endsWith(".part")).toList());
    }
  }

  private static String line(String out, String name) {
    Matcher line = Pattern.compile("(?m)^ *\\d+/\\d+  " + name + " +(.*)$").matcher(out);
    return line.find() ? line.group(1) : name + " has no line";
  }

  private Ended check(String... arguments) throws Exception {
    try (UpperProcess process = start(arguments)) {
      process.awaitLine("\\d+ of \\d+ submissions? graded.*");
      return process.awaitEnd();
    }
  }

  private UpperProcess start(String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of("check"));
    all.addAll(List.of(arguments));
    return UpperProcess.ofClasses().in(directory).start(all.toArray(new String[0]));
  }

  /** Two right servers, and one of which the grading takes long. */
  private void three() throws IOException {
    assumeTrue(runs("python3"), "needs python3");
    Files.writeString(directory.resolve("Server.py"), resource("Server.py"));
    Files.writeString(
        directory.resolve("class.txt"),
        """
        ana\t.\tpython3 Server.py right {port}
        ben\t.\tpython3 Server.py right {port}
        slow\t.\tsh -c "echo waiting; sleep 600" {port}
        """);
  }

  @Test
  void anInterruptedRunGoesOnWhereItStopped() throws Exception {
    three();
    String[] arguments = {"--class", "class.txt", "--only", CASES, "--jobs", "1"};
    Path reports = directory.resolve("class-report");
    try (UpperProcess process = start(arguments)) {
      assumeTrue(!process.ignores("INT"), "the shell ignores SIGINT");
      process.awaitLine(" *2/3  ben .*");
      process.signal("INT");
      Ended ended = process.awaitEnd();
      assertTrue(ended.out().contains("\n2 of 3 submissions graded, 1 not graded\n"), ended.out());
      assertEquals(130, ended.status());
    }
    assertEquals(List.of(), left());
    assertTrue(Files.exists(reports.resolve("marks.csv")));
    // A report that was cut is none.
    Files.writeString(reports.resolve("ben.json"), "{\"schema\":");
    Files.writeString(
        directory.resolve("class.txt"),
        Files.readString(directory.resolve("class.txt")).replaceAll("slow.*\n", ""));
    String out = check(arguments).out();
    assertTrue(line(out, "ana").endsWith(" (earlier)"), out);
    assertTrue(line(out, "ben").matches("2 of 2 passed in \\d+ s"), out);
    // Another command line is another grading.
    assertFalse(
        check("--class", "class.txt", "--only", "tcp/basic/order").out().contains("earlier"));
  }
}
