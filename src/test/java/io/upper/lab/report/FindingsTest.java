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
            "The workers took turns: the requests of client 1 were served by A and B."),
        sentences(Runs.of(LOAD).pool(2)));
  }

  @Test
  void processesThatWereDealtUnevenlyAreSeen() {
    assertEquals(
        List.of(
            "Up to 2 requests were served at once, by A and B.",
            "Client 1 waited longest: 100 ms with its request 2, while A served client 2.",
            "Each client kept to its worker; they were dealt unevenly: A had 2 clients, done after"
                + " 400 ms, B had 1 client, done after 200 ms."),
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
            "Client 3 waited longest: 300 ms with its request 1, until C began, after B had served"
                + " request 1 of client 2.",
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
  void theTimeOfTheLastClientExplainsADelay() {
    assertEquals(
        Optional.of(
            "took 600 ms, 1.5 times the 400 ms predicted. Client 3, done last: waiting 400 ms +"
                + " being served 200 ms = 600 ms."),
        deviation(predicted(400).iterative()));
  }

  @Test
  void startsOfProcessesExplainADelay() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      String worker = "process " + client;
      long begin = client * 10 * MILLI;
      requests.add(
          new ServedRequest(client, 0, 0, begin, 400 * MILLI, 500 * MILLI, 501 * MILLI, worker));
      requests.add(request(client, 1, 502, 602, worker));
    }
    ModelRun run = predicted(200).run("process-per-connection", "3 processes", requests);
    assertEquals(
        Optional.of(
            "took 602 ms, 3.0 times the 200 ms predicted. Client 1, done last: start of its process"
                + " 400 ms + being served 200 ms + replies on their way and the client itself 2 ms ="
                + " 602 ms; 3 processes started on 2 processors."),
        deviation(run));
    assertEquals(
        List.of(
            "Up to 3 requests were served at once, by 3 workers (A to C).",
            "3 processes were started: that took 390 ms on average, 400 ms at most.",
            "Client 3 waited longest: 20.0 ms with its request 1, until C began, which had served"
                + " nobody before.",
            "Each client had a worker of its own."),
        sentences(run).subList(0, 4));
  }

  @Test
  void requestsThatHaveAWorkerEachAreSeen() {
    List<ServedRequest> requests = new ArrayList<>();
    for (int client = 0; client < 3; client++) {
      requests.add(request(client, 0, 0, 300, "process 1" + client));
      requests.add(request(client, 1, 300, 600, "process 2" + client));
    }
    assertEquals(
        "Each request had a worker of its own.",
        sentences(Runs.of(LOAD).run("process-per-connection", "a process each", requests)).get(2));
  }

  /** With one request each nobody can keep to anybody. */
  @Test
  void oneRequestEachTellsOfNoWorkerKept() {
    Load load = Runs.load(3, 1, 100);
    assertEquals(
        "Each client made one request; they were dealt unevenly: A had 2 clients, done after 200"
            + " ms, B had 1 client, done after 100 ms.",
        new Findings(Runs.of(load).pool(2), load, 2).sentences().get(2));
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
            "took 60.0 ms, 3.0 times the 20.0 ms predicted. Client 1, done last: being served 60.0"
                + " ms = 60.0 ms; serving took 30.0 ms on average, the job is 10 ms; the server used"
                + " 2.0 of 2 processors."),
        new Findings(run, load, 2).deviation());
  }

  @Test
  void timeOfTheClientItselfExplainsADelay() {
    Load load = Runs.load(1, 2, 100);
    ModelRun run =
        Runs.of(load)
            .predicted(Duration.ofMillis(200), "by hand")
            .run("m", "w", List.of(request(0, 0, 0, 100, "w"), request(0, 1, 500, 600, "w")));
    assertEquals(
        Optional.of(
            "took 600 ms, 3.0 times the 200 ms predicted. Client 1, done last: being served 200 ms +"
                + " replies on their way and the client itself 400 ms = 600 ms."),
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
