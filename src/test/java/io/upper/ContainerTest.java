package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.config.Protocol;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The container's ENTRYPOINT, in a PID namespace instead of a container. */
@Timeout(180)
class ContainerTest {
  private static final int REQUESTS = 10;

  // PID, name, state and parent.
  private static final Pattern STAT = Pattern.compile("(\\d+) \\((.*)\\) (\\S) (\\d+) .*");

  @TempDir private Path directory;

  @Test
  void orphansOfChildrenAreCollected() throws Exception {
    List<String> init = init();
    String namespace = "unshare --pid --fork --mount-proc --kill-child";
    assumeTrue(succeeds(namespace + " true"), "needs root and unshare, to make a PID namespace");
    for (String program : init.subList(0, Math.min(1, init.size()))) {
      assumeTrue(succeeds("command -v " + program), "needs " + program);
    }
    String conf =
        "{\"tcp\": {\"port\": 0, \"model\": \"process-per-connection\", \"command\":"
            + " [\"sh\", \"-c\", \"sleep 0.2 </dev/null >/dev/null 2>&1 & exec cat\"]},"
            + " \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}}";
    try (UpperProcess server =
        UpperProcess.ofClasses()
            .in(directory)
            .shell("set -- " + namespace + " " + String.join(" ", init) + " \"$@\"")
            .start("-conf", conf)) {
      int port = server.awaitPort(Protocol.TCP);
      for (int i = 0; i < REQUESTS; i++) {
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
          client.setSoTimeout(60_000);
          client.getOutputStream().write("hello".getBytes(UTF_8));
          client.shutdownOutput();
          assertEquals("hello", new String(client.getInputStream().readAllBytes(), UTF_8));
        }
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      List<String> left = orphans(server.pid());
      while (!left.isEmpty()) {
        assertTrue(System.nanoTime() < deadline, "left: " + left);
        Thread.sleep(50);
        left = orphans(server.pid());
      }
    }
  }

  /** The words before java in the ENTRYPOINT. */
  private static List<String> init() throws IOException {
    Matcher entry =
        Pattern.compile("(?m)^ENTRYPOINT (\\[.*])$")
            .matcher(Files.readString(Path.of("deploy/Containerfile")));
    assertTrue(entry.find());
    List<String> words = new ArrayList<>();
    for (Object word : new JsonArray(entry.group(1))) {
      if (word.equals("java")) {
        return words;
      }
      words.add(word.toString());
    }
    throw new AssertionError("no java: " + words);
  }

  private static boolean succeeds(String command) throws Exception {
    return new ProcessBuilder("sh", "-c", command).start().waitFor() == 0;
  }

  /** The sleepers among the descendants of a process, dead or alive. */
  private static List<String> orphans(long root) throws IOException {
    Map<Long, Matcher> all = new TreeMap<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.filter(p -> p.toString().matches("/proc/\\d+")).toList()) {
        try {
          Matcher stat = STAT.matcher(Files.readString(process.resolve("stat")).strip());
          if (stat.matches()) {
            all.put(Long.valueOf(stat.group(1)), stat);
          }
        } catch (IOException e) {
          // It has ended meanwhile.
        }
      }
    }
    return all.values().stream()
        .filter(stat -> stat.group(2).equals("sleep") && descends(all, stat, root))
        .map(stat -> stat.group(1) + " " + stat.group(3))
        .toList();
  }

  private static boolean descends(Map<Long, Matcher> all, Matcher process, long root) {
    for (Matcher one = process; one != null; one = all.get(Long.valueOf(one.group(4)))) {
      if (Long.parseLong(one.group(4)) == root) {
        return true;
      }
    }
    return false;
  }
}
