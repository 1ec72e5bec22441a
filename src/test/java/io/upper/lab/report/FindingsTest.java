package io.upper.lab.report;

import static io.upper.lab.Runs.MILLI;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.upper.lab.Load;
import io.upper.lab.ModelRun;
import io.upper.lab.Runs;
import io.upper.lab.ServedRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final Load LOAD = Runs.load(3, 2, 100);

  @Test
  void blockedLoopServesOneAfterTheOther() {
    assertEquals(
        List.of(
            "A served one request at a time, 6 in all, and was at work for 600 ms of the 600 ms.",
            "Client 1 waited longest: 200 ms with its request 2, while A served 2 others, client 3"
                + " last.",
            "Client 1 was done first, after 400 ms, client 3 last, after 600 ms."),
        sentences(Runs.of(LOAD).iterative()));
  }

  @Test
  void freeLoopServesAllAtOnce() {
    assertEquals(
        List.of(
            "A alone served up to 3 requests at once.",
            "Nobody waited long: 0 s at most (client 1).",
            "All clients were done at about the same time, after 200 ms."),
        sentences(Runs.of(LOAD).eventLoop()));
  }

  @Test
  void poolServesWhoeverIsNext() {
    assertEquals(
        List.of(
            "Up to 2 requests were served at once, by A and B.",
            "Client 2 waited longest: 100 ms with its request 2, while A served client 3.",
            "The requests of client 1 were served by A and B: a free worker takes whoever is"
                + " next."),
        sentences(Runs.of(LOAD).pool(2)));
  }

  @Test
  void processesThatWereDealtUnevenlyAreSeen() {
    assertEquals(
        List.of(
            "Up to 2 requests were served at once, by A and B.",
            "Client 1 waited longest: 100 ms with its request 2, while A served client 2.",
            "Each client kept to its worker, but they were dealt unevenly: A had 2 clients and was"
                + " done with them after 400 ms, B had 1 client and was done after 200 ms."),
        sentences(Runs.of(LOAD).processes(2, client -> client < 2 ? 0 : 1)));
  }

  @Test
  void workerOfOnesOwnThatHadToStartIsSeen() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      long start = (client + 1) * 100 * MILLI;
      long end = start + 100 * MILLI;
      requests.add(new ServedRequest(client, 0, 0, start, end, end, "process " + (9 - client)));
    }
    assertEquals(
        List.of(
            "3 requests got no right reply.",
            "One request at a time was served, by 3 workers (A to C).",
            "Client 3 waited longest: 300 ms with its request 1, until C began, which had served"
                + " nobody before.",
            "Each client had a worker of its own."),
        sentences(Runs.of(LOAD).run("process-per-connection", "3 processes", requests)));
  }

  @Test
  void whatWasPredictedIsNotExplained() {
    assertEquals(Optional.empty(), deviation(Runs.of(LOAD).iterative()), "nothing was predicted");
    assertEquals(Optional.empty(), deviation(predicted(500).iterative()), "by a fifth");
    assertEquals(Optional.empty(), deviation(predicted(790).iterative()));
  }

  @Test
  void whatTookLessThanPredictedIsExplained() {
    assertEquals(
        Optional.of(
            "took 200 ms, less than the 600 ms predicted: up to 3 requests were served at once, by"
                + " A."),
        deviation(predicted(600).eventLoop()));
  }

  @Test
  void longestWaitExplainsADelay() {
    assertEquals(
        Optional.of(
            "took 600 ms, 1.5 times the 400 ms predicted: client 1 waited 200 ms, while A served 2"
                + " others, client 3 last."),
        deviation(predicted(400).iterative()));
  }

  @Test
  void workersThatStartExplainADelay() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      String worker = "process " + client;
      requests.add(request(client, 0, 0, 500, worker));
      requests.add(request(client, 1, 500, 600, worker));
    }
    assertEquals(
        Optional.of(
            "took 600 ms, 3.0 times the 200 ms predicted: the first request of each client took 500"
                + " ms on average, the others 100 ms: 3 workers had to start on 2 processors."),
        deviation(predicted(200).run("process-per-connection", "3 processes", requests)));
  }

  @Test
  void workerForEachRequestExplainsADelay() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      requests.add(request(client, 0, 0, 300, "process 1" + client));
      requests.add(request(client, 1, 300, 600, "process 2" + client));
    }
    assertEquals(
        Optional.of(
            "took 600 ms, 3.0 times the 200 ms predicted: each request had a worker of its own, and"
                + " 6 had to start on 2 processors."),
        deviation(predicted(200).run("process-per-connection", "3 processes", requests)));
  }

  @Test
  void slowJobsAndBusyProcessorsExplainADelay() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      requests.add(request(client, 0, 0, 30, "w" + client));
      requests.add(request(client, 1, 30, 60, "w" + client));
    }
    Load load = Runs.load(3, 2, 10);
    ModelRun run =
        Runs.of(load).predicted(Duration.ofMillis(20), "by hand").run("m", "w", requests);
    // The run's server used 120 ms of processor time in 60 ms.
    assertEquals(
        Optional.of(
            "took 60.0 ms, 3.0 times the 20.0 ms predicted: a job took 30.0 ms on average, not 10"
                + " ms; the server used 2.0 of 2 processors."),
        new Findings(run, load, 2).deviation());
  }

  @Test
  void idleTimeExplainsADelay() {
    Load load = Runs.load(1, 2, 100);
    ModelRun run =
        Runs.of(load)
            .predicted(Duration.ofMillis(200), "by hand")
            .run("m", "w", List.of(request(0, 0, 0, 100, "w"), request(0, 1, 500, 600, "w")));
    assertEquals(
        Optional.of(
            "took 600 ms, 3.0 times the 200 ms predicted: for 400 ms of it nobody was being"
                + " served."),
        new Findings(run, load, 2).deviation());
  }

  private static ServedRequest request(int client, int number, int from, int to, String worker) {
    return new ServedRequest(
        client, number, from * MILLI, from * MILLI, to * MILLI, to * MILLI, worker);
  }

  private static Runs predicted(int millis) {
    return Runs.of(LOAD).predicted(Duration.ofMillis(millis), "by hand");
  }

  private static List<String> sentences(ModelRun run) {
    return new Findings(run, LOAD, 2).sentences();
  }

  private static Optional<String> deviation(ModelRun run) {
    return new Findings(run, LOAD, 2).deviation();
  }
}
