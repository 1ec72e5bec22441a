package io.upper.lab;

import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.Parallelism;
import io.upper.model.Parallelism.Worker;
import io.upper.report.Units;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What arithmetic says a load takes: how many jobs one after the other, at the least, times the
 * job. It knows nothing of networks, schedulers and processors, so it is for jobs that wait.
 *
 * @param wall null when arithmetic says nothing
 * @param arithmetic how that comes about; null, too, then
 */
public record Prediction(Duration wall, String arithmetic) {
  private static final Prediction NONE = new Prediction(null, null);

  /**
   * @param served what was served: for several processes alone, whose shares of the connections
   *     only the kernel knows
   */
  public static Prediction of(LabModel model, Load load, List<ServedRequest> served) {
    if (load.job().kind() != Job.Kind.SLEEP) {
      return NONE;
    }
    if (model.nodes() > 0) {
      return atATime(model.nodes(), load);
    }
    if (model.processes() > 1) {
      return processes(model, load, served);
    }
    Parallelism parallelism = model.parallelism();
    return parallelism.perConversation()
        ? perConversation(parallelism, load)
        : atATime(parallelism.limit(), load);
  }

  /** So many requests are served at once, whoever sent them. */
  private static Prediction atATime(int limit, Load load) {
    int all = load.clients() * load.requests();
    if (limit >= load.clients()) {
      return allAtOnce(load, "");
    }
    int rounds = ceiling(all, limit);
    String manner = limit == 1 ? "one at a time" : limit + " at a time";
    return new Prediction(times(rounds, load), requests(all, load) + ", " + manner);
  }

  private static Prediction allAtOnce(Load load, String but) {
    String clients =
        load.clients() == 1
            ? "one client"
            : "all " + Units.count(load.clients()) + " clients at once";
    return new Prediction(
        times(load.requests(), load), requests(load.requests(), load) + " each, " + clients + but);
  }

  /** A connection keeps its worker to its end; a datagram has one of its own. */
  private static Prediction perConversation(Parallelism parallelism, Load load) {
    int limit = parallelism.limit();
    boolean datagrams = load.protocol() == Protocol.UDP;
    int conversations = datagrams ? load.clients() * load.requests() : load.clients();
    String but =
        parallelism.worker() == Worker.PROCESS
            ? "; the start of " + Units.count(conversations) + " processes is left out"
            : "";
    if (load.clients() <= limit) {
      return allAtOnce(load, but);
    }
    int rounds =
        datagrams ? ceiling(conversations, limit) : ceiling(conversations, limit) * load.requests();
    return new Prediction(
        times(rounds, load),
        requests(load.requests(), load) + " each, " + limit + " clients at a time" + but);
  }

  private static Prediction processes(LabModel model, Load load, List<ServedRequest> served) {
    Map<String, Long> shares =
        served.stream()
            .collect(Collectors.groupingBy(ServedRequest::worker, Collectors.counting()));
    int busiest = (int) shares.values().stream().mapToLong(Long::longValue).max().orElse(0);
    return new Prediction(
        times(busiest, load),
        "the kernel gave the busiest of "
            + model.processes()
            + " processes "
            + busiest
            + " of the "
            + requests(load.clients() * load.requests(), load)
            + ", one at a time");
  }

  private static String requests(int count, Load load) {
    return Units.plural(count, "request") + " of " + load.job().millis() + " ms";
  }

  private static Duration times(int rounds, Load load) {
    return Duration.ofMillis((long) rounds * load.job().millis());
  }

  private static int ceiling(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }
}
