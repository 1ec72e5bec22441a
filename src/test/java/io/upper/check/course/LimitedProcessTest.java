package io.upper.check.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that want more than they may have. */
@Tag("one-jdk")
class LimitedProcessTest {
  private static final Limits WIDE = new Limits(Duration.ofMinutes(10), 1000, 4L << 30);

  @TempDir private Path directory;

  @BeforeEach
  void linux() {
    assumeTrue(Files.isDirectory(Path.of("/proc/self")), "needs /proc");
  }

  private LimitedProcess.Ended run(String script, Limits limits) throws Exception {
    return LimitedProcess.run(
        List.of("sh", "-c", script), directory, directory.resolve("out.txt"), limits, () -> false);
  }

  /** The directory of a program is that of all its processes. */
  private List<Path> left() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes.filter(this::runsHere).toList();
    }
  }

  /** One that has given back its memory, but is still listed, does not run any more. */
  private boolean runsHere(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("cwd")).equals(directory.toRealPath())
          && Files.readString(process.resolve("status")).contains("VmRSS");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void whatEndsByItselfIsNotStopped() throws Exception {
    LimitedProcess.Ended ended = run("echo done; exit 7", WIDE);
    assertEquals(new LimitedProcess.Ended(7, ""), ended);
    assertEquals("done\n", Files.readString(directory.resolve("out.txt")));
  }

  @Test
  void whatItLeavesBehindIsEnded() throws Exception {
    LimitedProcess.Ended ended = run("sleep 600 & (setsid sleep 601 &) & exit 0", WIDE);
    assertEquals("", ended.stopped());
    assertEquals(List.of(), left());
  }

  @Test
  void timeIsLimited() throws Exception {
    Limits limits = new Limits(Duration.ofSeconds(1), 1000, 4L << 30);
    assertEquals("not finished after 1 s", run("trap '' TERM; sleep 600", limits).stopped());
    assertEquals(List.of(), left());
  }

  @Test
  void processesAreLimited() throws Exception {
    Limits limits = new Limits(WIDE.time(), 20, WIDE.memory());
    // Each starts another two, as a fork bomb does; no more than some hundred in the end.
    Files.writeString(
        directory.resolve("fork.sh"),
        "[ $1 = 0 ] || for i in 1 2; do sh fork.sh $(($1 - 1)) & done; sleep 600");
    assertEquals("more than 20 processes", run("sh fork.sh 6; sleep 600", limits).stopped());
    assertEquals(List.of(), left());
  }

  @Test
  void memoryIsLimited() throws Exception {
    Limits limits = new Limits(WIDE.time(), 1000, 100 << 20);
    // A shell that keeps a text of 200 MB.
    String script = "sh -c 'x=$(head -c 200000000 /dev/zero | tr \"\\0\" a); sleep 600'; exit";
    assertEquals("more than 100 MiB of memory", run(script, limits).stopped());
    assertEquals(List.of(), left());
  }

  /** 20 processes that share 40 MB use less than 100 MiB. */
  @Test
  void sharedMemoryCountsOnce() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "needs perl");
    Limits limits = new Limits(WIDE.time(), 1000, 150 << 20);
    String script =
        "perl -e '$x = \"a\" x 40000000; for (1..20) { if (!fork) { sleep 2; exit } }"
            + " 1 while wait > 0; print length $x'; exit 5";
    assertEquals(new LimitedProcess.Ended(5, ""), run(script, limits));
    assertTrue(Files.readString(directory.resolve("out.txt")).contains("40000000"));
  }
}
