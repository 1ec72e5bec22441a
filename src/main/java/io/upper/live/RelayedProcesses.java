package io.upper.live;

import io.upper.config.Configuration;
import io.upper.config.Protocol;
import io.upper.prefork.ProcessEvents;
import io.upper.prefork.Supervisor;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server processes of a supervisor: makes one feed of the lines that their {@link LiveRelay}s
 * print.
 */
final class RelayedProcesses implements ShownServers, ProcessEvents {
  private static final Logger LOG = LoggerFactory.getLogger(RelayedProcesses.class);

  private final Supervisor supervisor;
  private final LiveFeed feed;
  // By number.
  private final Map<Integer, RelayedProcess> processes = new ConcurrentHashMap<>();

  RelayedProcesses(Supervisor supervisor, LiveFeed feed) {
    this.supervisor = supervisor;
    this.feed = feed;
    supervisor.onEvents(this);
  }

  @Override
  public void reported(int number, long pid, String line) {
    RelayedProcess process =
        processes.computeIfAbsent(number, n -> new RelayedProcess(number, pid, feed));
    try {
      JsonObject json = new JsonObject(line);
      if (json.containsKey("e")) {
        long began = json.getLong("began");
        for (Object event : json.getJsonArray("e")) {
          take(process, began, LiveEvent.of((JsonArray) event));
        }
      } else {
        process.figures(json);
        feed.connections()
            .relayedRatio(
                processes.values().stream().mapToInt(RelayedProcess::ratio).max().orElse(1));
      }
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      LOG.debug("live: process {} reports what is no event: {}", number, line);
    }
  }

  private void take(RelayedProcess process, long began, LiveEvent event) {
    if (event.kind() == 'c') {
      // All report it; it is said once, and each time the clients connect again.
      feed.configured(isFirst(process) ? event.text() : null);
    } else {
      process.take(began, event);
    }
  }

  private boolean isFirst(RelayedProcess process) {
    return processes.keySet().stream().allMatch(number -> process.number() <= number);
  }

  @Override
  public void ended(int number, long pid, String why) {
    RelayedProcess process = processes.remove(number);
    if (process != null) {
      process.end(why);
    }
    feed.say('!', "process " + number + " (pid " + pid + ") " + why);
  }

  @Override
  public Configuration configuration() {
    return supervisor.configuration();
  }

  @Override
  public int port(Protocol protocol) {
    return supervisor.port(protocol);
  }

  @Override
  public void apply(Configuration next) {
    supervisor.change(next);
  }

  @Override
  public Collection<Long> pids() {
    return processes.values().stream().map(RelayedProcess::pid).toList();
  }

  @Override
  public long heap() {
    return processes.values().stream().mapToLong(RelayedProcess::heap).sum();
  }

  @Override
  public long pid(Lane lane) {
    return processes.values().stream()
        .filter(process -> process.owns(lane.name()))
        .mapToLong(RelayedProcess::pid)
        .findFirst()
        .orElse(0);
  }
}
