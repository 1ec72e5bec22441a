package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The command {@code upper check --matrix}. */
@Tag("one-jdk")
class CheckMatrixTest {
  private static final String CASES = "tcp/basic/order,tcp/text/cut-2,udp/basic/two-clients";

  private static UpperProcess.Ended check(String... arguments) throws Exception {
    return UpperProcess.ofClasses()
        .run(Stream.concat(Stream.of("check"), Stream.of(arguments)).toArray(String[]::new));
  }

  /** Each column is what a grading of that server says. */
  @Test
  @Tag("slow")
  void aColumnForEachServer() throws Exception {
    String servers = "lesson:tcp-thread,model:event-loop,lesson:udp-thread,lesson:tcp-thread";
    UpperProcess.Ended ended = check("--matrix", servers, "--only", CASES, "--verbose");
    assertEquals(0, ended.status(), ended.err());
    assertEquals(
        """
        case                 tcp-thread  event-loop
        tcp/serves/at-start           .           .
        tcp/basic/order               .           .
        tcp/text/cut-2                F           .

        case                   udp-thread
        udp/serves/at-start             .
        udp/basic/two-clients           .

        . pass   F fail
        """,
        ended.out());
    List<String> progress = ended.err().lines().toList();
    assertTrue(progress.get(1).startsWith("lesson:tcp-thread: 2 of 3 passed, 1 failed in "));
    assertEquals(4, progress.size());
    List<String> single = new ArrayList<>(List.of("--only", CASES, "--"));
    single.addAll(
        MatrixServer.named("lesson:tcp-thread")
            .findFirst()
            .orElseThrow()
            .command(Path.of("certs")));
    String verdicts = check(single.toArray(new String[0])).out();
    assertTrue(verdicts.contains("\nfail     tcp/text/cut-2 "), verdicts);
    assertTrue(verdicts.contains("\n2 of 3 passed, 1 failed in "), verdicts);
  }

  @Test
  @Tag("slow")
  void aServerThatCannotBeStartedHasItsColumnAndItsStatus() throws Exception {
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .environment("UPPER_TCP_PORT", "70000")
            .run("check", "--matrix", "model:event-loop,lesson:tcp-server", "--only", CASES);
    assertEquals(3, ended.status());
    assertTrue(ended.out().contains("tcp/text/cut-2           x           F\n"), ended.out());
    String why = "event-loop was not started: the server ended with status 2: ";
    assertTrue(ended.out().contains("\n" + why + "environment: /tcp/port: "), ended.out());
  }

  @Test
  void allLessonsThatServeAPortOfThisMachineAreServers() {
    List<String> graded = MatrixServer.named("lesson:all").map(MatrixServer::name).toList();
    Set<String> others =
        Lesson.ALL.stream()
            .map(Lesson::name)
            .filter(name -> !graded.contains(name) && !name.endsWith("-client"))
            .collect(Collectors.toSet());
    assertEquals(
        Set.of("mcast-server", "unix-server", "vertx-event-bus", "vertx-cluster-worker"), others);
    assertTrue(graded.stream().noneMatch(name -> name.endsWith("-client")), graded.toString());
  }
}
