package io.upper.lab;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The load on one model.
 *
 * @param name what is run: the model's word, or {@code processes: 4}
 * @param workers who can serve at once: {@code 1 event loop}, {@code 20 threads}
 * @param predicted what arithmetic says the load takes; null when it says nothing (a job that
 *     computes)
 * @param arithmetic how that comes about, a sentence: {@code 40 requests of 100 ms, one at a time}
 * @param wall from the first request sent to the last reply
 * @param requests every request answered, by client and number
 * @param unanswered requests that got no right reply
 * @param cpu processor time of the server and its child processes during the load
 * @param resident the most memory that the server and its child processes held during the load, in
 *     bytes; 0 where that cannot be told
 * @param failure why it came to nothing, in a line; null when it did not. Then all else but the
 *     name is null, empty or 0
 */
public record ModelRun(
    String name,
    String workers,
    Duration predicted,
    String arithmetic,
    Duration wall,
    List<ServedRequest> requests,
    int unanswered,
    Duration cpu,
    long resident,
    String failure) {

  /** Right replies per second; 0 when there were none. */
  public double throughput() {
    return requests.isEmpty() ? 0 : requests.size() * 1e9 / wall.toNanos();
  }

  /**
   * The time from sending a request to having its reply that so many of the requests did not
   * exceed, by the nearest rank: always one that was measured.
   *
   * @param percent above 0, up to 100
   * @return nanoseconds; NaN when nothing was answered
   */
  public double percentile(double percent) {
    if (requests.isEmpty()) {
      return Double.NaN;
    }
    long[] latencies =
        requests.stream().mapToLong(request -> request.answered() - request.sent()).toArray();
    Arrays.sort(latencies);
    int rank = (int) Math.ceil(percent / 100 * latencies.length);
    return latencies[Math.max(1, rank) - 1];
  }

  /**
   * Jain's index over the clients' throughputs x, each a client's right replies per second from the
   * run's start to the last of them: (Σx)² / (n Σx²). It is 1 when all n were served alike, 1/n
   * when one was served and the others were not. Source: Jain, Chiu and Hawe, "A Quantitative
   * Measure of Fairness and Discrimination", DEC-TR-301, 1984.
   *
   * @param clients all of the load, those without any reply too
   * @return NaN when nothing was answered
   */
  public double fairness(int clients) {
    Map<Integer, Integer> replies = new HashMap<>();
    Map<Integer, Long> last = new HashMap<>();
    for (ServedRequest request : requests) {
      replies.merge(request.client(), 1, Integer::sum);
      last.merge(request.client(), request.answered(), Math::max);
    }
    double sum = 0;
    double squares = 0;
    for (int client : replies.keySet()) {
      double throughput = (double) replies.get(client) / last.get(client);
      sum += throughput;
      squares += throughput * throughput;
    }
    return sum * sum / (clients * squares);
  }
}
