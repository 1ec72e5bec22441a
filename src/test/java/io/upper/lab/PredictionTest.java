package io.upper.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.upper.config.Protocol;
import io.upper.job.Job;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionTest {

  private static Load load(Protocol protocol, int clients, int requests, Job job) {
    return new Load(protocol, clients, requests, job, 1);
  }

  /** Jobs of 100 ms. */
  @ParameterizedTest(name = "{0}, {1}: {2} clients, {3} requests each")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # one event loop, blocked: whoever asks, one after the other
          iterative              | TCP | 10 | 4 | 4000 | 40 requests of 100 ms, one at a time
          iterative              | UDP |  1 | 1 |  100 | 1 request of 100 ms each, one client
          # never blocked: only a client's own requests follow each other
          event-loop             | TCP | 10 | 4 |  400 | 4 requests of 100 ms each, all 10 clients at once
          thread-per-connection  | TLS |  2 | 3 |  300 | 3 requests of 100 ms each, all 2 clients at once
          # five workers: the queue never is empty while there are more clients
          worker-pool            | TCP | 10 | 4 |  800 | 40 requests of 100 ms, 5 at a time
          # the last round is not full
          worker-pool            | TCP |  7 | 3 |  500 | 21 requests of 100 ms, 5 at a time
          # no more clients than workers: nobody waits
          worker-pool            | UDP |  5 | 4 |  400 | 4 requests of 100 ms each, all 5 clients at once
          # job nodes, of one worker each
          cluster:3              | TCP | 10 | 4 | 1400 | 40 requests of 100 ms, 3 at a time
          # a child for each connection
          process-per-connection | TCP |  3 | 4 |  400 | 4 requests of 100 ms each, all 3 clients at once; the start of 3 processes is left out
          # the 41st client waits until one has hung up
          process-per-connection | TCP | 50 | 4 |  800 | 4 requests of 100 ms each, 40 clients at a time; the start of 50 processes is left out
          # a child for each datagram: 100 of them, 40 at a time
          process-per-connection | UDP | 50 | 2 |  300 | 2 requests of 100 ms each, 40 clients at a time; the start of 100 processes is left out
          """)
  void isTheRoundsTimesTheJob(
      String model, Protocol protocol, int clients, int requests, long millis, String arithmetic) {
    Load load = load(protocol, clients, requests, new Job(Job.Kind.SLEEP, 100));
    Prediction prediction = Prediction.of(LabModel.of(model), load, List.of());
    assertEquals(millis, prediction.wall().toMillis());
    assertEquals(arithmetic, prediction.arithmetic());
  }

  @Test
  void ofSeveralProcessesKnowsTheSharesFromTheTrace() {
    Load load = load(Protocol.TCP, 3, 1, new Job(Job.Kind.SLEEP, 50));
    List<ServedRequest> served =
        List.of(
            new ServedRequest(0, 0, 0, 1, 2, 3, "process 1/loop"),
            new ServedRequest(1, 0, 0, 1, 2, 3, "process 2/loop"),
            new ServedRequest(2, 0, 0, 1, 2, 3, "process 2/loop"));
    Prediction prediction = Prediction.of(LabModel.of("processes:2"), load, served);
    assertEquals(100, prediction.wall().toMillis());
    assertEquals(
        "the kernel gave the busiest of 2 processes 2 of the 3 requests of 50 ms, one at a time",
        prediction.arithmetic());
  }

  @Test
  void saysNothingOfJobsThatCompute() {
    Load load = load(Protocol.TCP, 3, 1, new Job(Job.Kind.SPIN, 50));
    Prediction prediction = Prediction.of(LabModel.of("iterative"), load, List.of());
    assertNull(prediction.wall());
    assertNull(prediction.arithmetic());
  }
}
