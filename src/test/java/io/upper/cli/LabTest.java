package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.lab.LabResult;
import io.upper.lab.ModelRun;
import io.upper.lab.ScalingCurve;
import io.upper.lab.ServedRequest;
import io.upper.lab.report.LabJson;
import io.upper.lab.report.TraceRules;
import io.vertx.core.json.JsonObject;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The lab as it is typed, with servers in child JVMs. */
@Tag("one-jdk")
class LabTest {
  @TempDir private Path directory;

  private UpperProcess.Ended run(String line) throws Exception {
    return UpperProcess.ofClasses().in(directory).run(line.split(" "));
  }

  private LabResult result() throws Exception {
    return LabJson.read(new JsonObject(Files.readString(directory.resolve("lab.json"))));
  }

  private Set<String> files() throws Exception {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  @Tag("slow")
  void measuresEachModelAndTellsWhoServedWhom() throws Exception {
    UpperProcess.Ended ended =
        run(
            "lab --models process-per-connection,processes:2 --clients 3 --requests 2"
                + " --job sleep:20ms --out lab.html --json lab.json --trace trace.json");
    assertEquals(0, ended.status(), ended.err());
    assertTrue(ended.out().startsWith("tcp, 3 clients, each 2 requests, job: sleep 20 ms\n"));
    assertTrue(
        ended.out().endsWith("\nThe report is in lab.html: open it in a browser.\n"), ended.out());
    assertEquals(Set.of("lab.html", "lab.json", "trace.json"), files());
    TraceRules.check(Files.readString(directory.resolve("trace.json")));
    List<ModelRun> runs = result().runs();
    assertEquals(
        List.of("process-per-connection", "processes: 2"),
        runs.stream().map(ModelRun::name).toList());
    runs.forEach(LabTest::holdsEveryRequest);
    Map<Integer, Set<String>> children = workers(runs.get(0));
    assertEquals(3, new TreeSet<>(children.values().stream().map(Set::toString).toList()).size());
    children.values().forEach(names -> assertTrue(names.toString().matches("\\[process \\d+]")));
    for (ServedRequest request : runs.get(0).requests()) {
      assertEquals(request.number() == 0, request.starting() > 0, request::toString);
    }
    String process = "\\[process [12]/vert\\.x-eventloop-thread-\\d+]";
    workers(runs.get(1)).values().forEach(names -> assertTrue(names.toString().matches(process)));
  }

  @Test
  @Tag("slow")
  void theNodesOfAClusterAreTheWorkers() throws Exception {
    UpperProcess.Ended ended =
        run("lab --models cluster:2 --clients 3 --requests 2 --job sleep:20ms --json lab.json");
    assertEquals(0, ended.status(), ended.err());
    ModelRun run = result().runs().get(0);
    assertEquals("cluster:2", run.name());
    assertEquals("2 job nodes", run.workers());
    holdsEveryRequest(run);
    Set<String> nodes = new TreeSet<>();
    workers(run).values().forEach(nodes::addAll);
    assertEquals(2, nodes.size());
    nodes.forEach(node -> assertTrue(node.matches("node 127\\.0\\.0\\.1:\\d+"), node));
  }

  @Test
  @Tag("slow")
  void reportDrawsASavedSessionAsItWasDrawn() throws Exception {
    UpperProcess.Ended measured =
        run(
            "lab --models event-loop --clients 2 --job none --out first.html --json lab.json --trace first.json");
    String saved = directory.resolve("lab.json").toString();
    UpperProcess.Ended printed = UpperCommand.run("lab", "report", saved);
    assertEquals("", printed.err());
    assertTrue(measured.out().startsWith(printed.out()), printed.out());
    assertEquals(Set.of("first.html", "first.json", "lab.json"), files());
    assertEquals(
        printed.out(), run("lab report lab.json --out again.html --trace again.json").out());
    for (String type : List.of(".html", ".json")) {
      assertEquals(
          Files.readString(directory.resolve("first" + type)),
          Files.readString(directory.resolve("again" + type)));
    }
  }

  private static void holdsEveryRequest(ModelRun run) {
    assertEquals(0, run.unanswered());
    assertEquals(6, run.requests().size());
    for (int i = 0; i < 6; i++) {
      ServedRequest request = run.requests().get(i);
      assertEquals(i / 2, request.client());
      assertEquals(i % 2, request.number());
      assertTrue(request.sent() >= 0 && request.waited() >= 0, request::toString);
      // A busy server notices late that the child is ready: part of the job is in its start then.
      assertTrue(request.starting() >= 0 && request.served() >= 0, request::toString);
      assertTrue(request.ended() - request.assigned() >= 20_000_000, request::toString);
      assertTrue(request.answered() >= request.ended(), request::toString);
      assertTrue(request.answered() <= run.wall().toNanos(), request::toString);
    }
    assertTrue(run.wall().compareTo(run.predicted()) >= 0, run::toString);
    if (Files.exists(Path.of("/proc/self/stat"))) {
      assertTrue(run.resident() > 10_000_000, run::toString);
    }
  }

  /** By client. */
  private static Map<Integer, Set<String>> workers(ModelRun run) {
    Map<Integer, Set<String>> workers = new TreeMap<>();
    run.requests()
        .forEach(
            request ->
                workers
                    .computeIfAbsent(request.client(), client -> new TreeSet<>())
                    .add(request.worker()));
    return workers;
  }

  @Test
  @Tag("slow")
  void scalingMeasuresACurveForEachJob() throws Exception {
    UpperProcess.Ended ended =
        run(
            "lab scaling --instances 1,2 --clients 4 --requests 2 --job sleep:10ms --out lab.html"
                + " --json lab.json");
    assertEquals(0, ended.status(), ended.err());
    assertEquals(Set.of("lab.html", "lab.json"), files());
    ScalingCurve curve = result().curves().get(0);
    assertEquals("iterative", curve.model());
    assertEquals(List.of(), curve.failures());
    for (ScalingCurve.Point point : curve.points()) {
      assertEquals(8, point.answered());
      assertTrue(point.wall().toMillis() >= 80 / point.instances(), point::toString);
    }
    assertEquals(2, curve.points().size());
  }

  /** The user's own logback.xml decides what the servers print. */
  @Tag("slow")
  @Test
  void servesWhateverTheLogLooksLike() throws Exception {
    Path logback =
        Files.writeString(
            directory.resolve("logback.xml"),
            """
            <configuration>
              <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>{"at":"%d","level":"%level"}%n</pattern></encoder>
              </appender>
              <root level="INFO"><appender-ref ref="OUT"/></root>
            </configuration>
            """);
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .in(directory)
            .jvm("-Dlogback.configurationFile=" + logback)
            .run(
                "lab --models event-loop,processes:2 --clients 2 --requests 1 --job none --json lab.json"
                    .split(" "));
    assertEquals(0, ended.status(), ended.err());
    for (ModelRun run : result().runs()) {
      assertEquals(2, run.requests().size(), run::toString);
    }
  }

  @Test
  @Timeout(180)
  void leavesNothingWhenItIsEndedMeanwhile() throws Exception {
    try (UpperProcess lab =
        UpperProcess.ofClasses()
            .in(directory)
            .jvm("-Djava.io.tmpdir=" + directory)
            .start("lab", "--job", "sleep:10s")) {
      while (!isServerAtWork()) {
        Thread.sleep(20);
      }
      lab.signal("TERM");
      lab.awaitEnd();
    }
    assertEquals(Set.of(), files());
  }

  /** Whether a server has begun to record. */
  private boolean isServerAtWork() throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.anyMatch(
          file -> file.getParent().getFileName().toString().equals("recording-1"));
    } catch (UncheckedIOException e) {
      return false; // Something went while it was looked at.
    }
  }

  @Test
  void showPrintsTheSourceOfEveryModel() throws Exception {
    for (String kind : new ModelWords()) {
      String source = ShowCommand.source(kind);
      assertTrue(source.contains(" implements ConcurrencyModel {"), kind);
      assertTrue(source.contains("When to choose it:"), kind);
    }
    UpperProcess.Ended ended = UpperCommand.run("show", "processes");
    assertEquals("", ended.err());
    assertEquals(
        Files.readString(Path.of("src/main/java/io/upper/prefork/Supervisor.java")), ended.out());
  }
}
