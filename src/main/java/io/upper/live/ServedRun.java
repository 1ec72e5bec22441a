package io.upper.live;

import io.upper.lab.ServedRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The requests that were served while a model was configured, put together from their events. Those
 * of which an event is missing, since they are older than the history or not served yet, are left
 * out.
 *
 * @param name {@code live: iterative}; a number follows if the model comes again
 * @param began when the first request was sent, in nanoseconds since the feed began
 * @param requests at least one; their times count from then. What a client is counts from 0: a
 *     demonstration client keeps its number, others follow
 */
record ServedRun(String name, long began, List<ServedRequest> requests) {
  private static final Pattern MODEL = Pattern.compile("tcp/model: (\\S+) -> (\\S+)");

  /** The events of one request; 0 where there is none. */
  private static final class Times {
    private int connection;
    private long sent;
    private long read;
    private long begun;
    private long served;
    private long answered;
    private int lane;
    private int run;
  }

  /**
   * The runs in these events, in order of time.
   *
   * @param lanes names of workers that are there, by number
   * @param demonstrations numbers of open demonstration clients, by connection
   * @param model the one configured now
   */
  static List<ServedRun> of(
      List<LiveEvent> events,
      Map<Integer, String> lanes,
      Map<Integer, Integer> demonstrations,
      String model) {
    Map<Integer, String> workers = new HashMap<>(lanes);
    Map<Integer, Integer> numbers = new HashMap<>(demonstrations);
    Map<Integer, Times> requests = new HashMap<>();
    List<Times> complete = new ArrayList<>();
    List<String> models = new ArrayList<>();
    for (LiveEvent event : events) {
      switch (event.kind()) {
        case 'o' -> numbers.put(event.connection(), event.number());
        case 'l' -> workers.put(event.number(), event.name());
        case 'c' -> {
          Matcher change = MODEL.matcher(event.text());
          if (change.matches()) {
            models.add(change.group(1));
          }
        }
        case 'q', 'a', 'b', 's', 'r' -> {
          Times times = requests.computeIfAbsent(event.request(), id -> new Times());
          put(times, event, models.size());
          if (event.kind() == 's' && times.begun > 0) {
            complete.add(times);
          }
        }
        default -> {}
      }
    }
    models.add(model);
    return runs(complete, models, workers, clients(complete, numbers));
  }

  private static void put(Times times, LiveEvent event, int run) {
    times.connection = event.connection();
    switch (event.kind()) {
      case 'q' -> times.sent = event.at();
      case 'a' -> times.read = event.at();
      case 'b' -> {
        times.begun = event.at();
        times.run = run;
      }
      case 's' -> {
        times.served = event.at();
        times.lane = event.number();
      }
      default -> times.answered = event.at();
    }
    if (times.sent == 0 || times.read > 0 && times.read < times.sent) {
      times.sent = times.read;
    }
  }

  /** Numbers of clients by connection, from 0. */
  private static Map<Integer, Integer> clients(
      List<Times> requests, Map<Integer, Integer> demonstrations) {
    int next = demonstrations.values().stream().mapToInt(number -> number).max().orElse(0);
    Map<Integer, Integer> clients = new HashMap<>();
    for (Times times : requests) {
      int demonstration = demonstrations.getOrDefault(times.connection, 0);
      if (demonstration > 0) {
        clients.put(times.connection, demonstration - 1);
      } else if (clients.putIfAbsent(times.connection, next) == null) {
        next++;
      }
    }
    return clients;
  }

  private static List<ServedRun> runs(
      List<Times> requests,
      List<String> models,
      Map<Integer, String> workers,
      Map<Integer, Integer> clients) {
    List<ServedRun> runs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int run = 0; run < models.size(); run++) {
      int number = run;
      List<Times> own =
          requests.stream().filter(times -> times.run == number && times.sent > 0).toList();
      if (!own.isEmpty()) {
        runs.add(run(name(models.get(run), names), own, workers, clients));
      }
    }
    return runs;
  }

  private static String name(String model, Set<String> names) {
    String name = "live: " + model;
    for (int time = 2; !names.add(name); time++) {
      name = "live: " + model + " (" + time + ")";
    }
    return name;
  }

  private static ServedRun run(
      String name,
      List<Times> requests,
      Map<Integer, String> workers,
      Map<Integer, Integer> clients) {
    long began = requests.stream().mapToLong(times -> times.sent).min().orElseThrow();
    Map<Integer, Integer> counts = new HashMap<>();
    List<ServedRequest> served = new ArrayList<>();
    for (Times times : requests) {
      int client = clients.get(times.connection);
      int number = counts.merge(client, 1, Integer::sum) - 1;
      served.add(
          new ServedRequest(
              client,
              number,
              times.sent - began,
              times.begun - began,
              times.served - began,
              Math.max(times.answered, times.served) - began,
              workers.getOrDefault(times.lane, "worker " + times.lane)));
    }
    return new ServedRun(name, began, served);
  }
}
