package io.upper.lesson;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the commands that the headers of the lessons and docs/lessons.md and docs/teaching.md print,
 * in a shell, as they are printed; only the ports are others, since several builds may run on a
 * machine.
 */
@Tag("slow")
class LessonCommandsIT {
  private static final int PATIENCE_SECONDS = 180;
  private static final int JAVA_WITH_VIRTUAL_THREADS = 21;
  private static final Pattern FENCE = Pattern.compile("(?ms)^```(sh|text)\n(.*?)^```$");

  /** Shell commands and their output. */
  record Block(String commands, String output) {
    @Override
    public String toString() {
      return commands.lines().findFirst().orElse("");
    }
  }

  @BeforeAll
  static void tools() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "no bash");
    assumeTrue(run("command -v nc", List.of()).status() == 0, "no nc");
  }

  static Stream<String> lessons() throws IOException {
    // The gateway has the same commands.
    return LessonSources.names().stream().filter(name -> !name.equals("VertxClusterWorker"));
  }

  /** Starts the servers in the background, then runs the client's line. */
  @ParameterizedTest
  @MethodSource("lessons")
  void theCommandsOfTheHeaderWork(String name) throws Exception {
    int java = Runtime.version().feature();
    assumeTrue(!name.equals("VertxStreams") || java >= JAVA_WITH_VIRTUAL_THREADS, "needs Java 21");
    List<String> commands = LessonSources.commands(name);
    StringBuilder script = new StringBuilder("set -e; log=$(mktemp); trap 'rm $log' EXIT\n");
    for (String command : commands.subList(0, commands.size() - 1)) {
      boolean serves = command.startsWith("./upper lesson") || command.startsWith("./upper run");
      script.append(command);
      if (serves) {
        // The loop ends when the server listens or has exited.
        script.append(" >$log 2>&1 & server=$!\n");
        script.append("trap 'kill $(jobs -p); rm $log' EXIT\n");
        script.append("until grep -q listening $log; do kill -0 $server; sleep 0.1; done\n");
      } else {
        script.append(" >&2\n");
      }
    }
    String ask = commands.get(commands.size() - 1);
    // On a busy machine the one second that nc waits for a datagram may be too short.
    script.append(ask.contains("nc -u") ? "for i in 1 2 3 4 5; do " + ask + "; done" : ask);
    Ran ran = run(script.toString(), ports());
    assertTrue(ran.output().contains("HELLO"), ran.output() + ran.errors());
  }

  /** Pairs each block of commands with the next unpaired block of output. */
  static Stream<Block> exercises() throws IOException {
    return Stream.concat(blocks("docs/lessons.md"), blocks("docs/teaching.md"));
  }

  private static Stream<Block> blocks(String document) throws IOException {
    List<Block> blocks = new ArrayList<>();
    Deque<String> commands = new ArrayDeque<>();
    Matcher fence = FENCE.matcher(Files.readString(Path.of(document)));
    while (fence.find()) {
      if (fence.group(1).equals("sh")) {
        commands.addLast(fence.group(2));
      } else {
        blocks.add(new Block(commands.removeFirst(), fence.group(2)));
      }
    }
    assertTrue(commands.isEmpty(), () -> "no output of " + commands);
    return blocks.stream();
  }

  @ParameterizedTest
  @MethodSource("exercises")
  void anExercisePrintsTheDocumentedOutput(Block block) throws Exception {
    List<String> ports = ports();
    Ran ran = run(block.commands(), ports);
    assertEquals(withPorts(block.output(), ports), ran.output(), ran.errors());
  }

  private record Ran(int status, String output, String errors) {}

  private static Ran run(String script, List<String> ports) throws Exception {
    Path output = Files.createTempFile("upper-lesson", ".txt");
    Path errors = Files.createTempFile("upper-lesson", ".txt");
    try {
      // To files: processes left by the shell would keep a pipe open.
      ProcessBuilder shell =
          new ProcessBuilder("/bin/bash", "-c", withPorts(script, ports))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      String java = System.getProperty("java.home");
      shell.environment().put("JAVA_HOME", java);
      shell.environment().put("PATH", Path.of(java, "bin") + ":" + System.getenv("PATH"));
      shell.environment().put("LC_ALL", "C.UTF-8");
      Process process = shell.start();
      try {
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        Ran ran =
            new Ran(
                ended ? process.exitValue() : -1,
                Files.readString(output),
                Files.readString(errors));
        assertTrue(ended, ran.toString());
        return ran;
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  private static String withPorts(String text, List<String> ports) {
    return ports.isEmpty()
        ? text
        : text.replaceAll("\\b2000\\b", ports.get(0))
            .replaceAll("\\b2443\\b", ports.get(1))
            .replaceAll("\\b2009\\b", ports.get(2));
  }

  /** Three ports that were just free on all addresses. */
  private static List<String> ports() throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        sockets.add(new ServerSocket(0));
        ports.add("" + sockets.get(i).getLocalPort());
      }
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
    return ports;
  }
}
