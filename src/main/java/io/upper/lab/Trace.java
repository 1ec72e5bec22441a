package io.upper.lab;

import io.upper.model.ChildStartEvent;
import io.upper.model.RequestEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/**
 * Who served whom, as the server's flight recordings tell: its {@link RequestEvent}s, by the port
 * of the client and the time at which they arrived.
 *
 * <p>The server's stamps and the clients' are of the same clock: where {@link System#nanoTime} is
 * the time since the machine started, as on Linux (CLOCK_MONOTONIC) and macOS, all processes share
 * it. {@link #join} finds nothing where they do not.
 */
final class Trace {
  private static final Pattern PID = Pattern.compile("-pid-(\\d+)-");

  /** A request as the server saw it. */
  record Served(long arrived, long started, long ended, String worker) {}

  private final Map<Integer, NavigableMap<Long, Served>> byPort = new HashMap<>();

  // When children were ready, by their names and when their start began: a pid may come again.
  private final Map<String, NavigableMap<Long, Long>> starts = new HashMap<>();

  /** Adds a request that the client at that port sent. */
  void add(int port, Served served) {
    byPort.computeIfAbsent(port, p -> new TreeMap<>()).put(served.arrived, served);
  }

  /** Adds the start of a child process. */
  void addStart(String worker, long began, long ready) {
    starts.computeIfAbsent(worker, name -> new TreeMap<>()).put(began, ready);
  }

  /**
   * Reads all recordings of a directory.
   *
   * @param numbers of the server processes by their pids; empty for a single one
   */
  static Trace read(Path directory, Map<Long, Integer> numbers) throws IOException {
    Trace trace = new Trace();
    List<Path> recordings;
    try (Stream<Path> files = Files.list(directory)) {
      recordings = files.filter(file -> file.toString().endsWith(".jfr")).toList();
    }
    for (Path recording : recordings) {
      // The JVM names its file so: hotspot-pid-4711-id-1-2026_11_24_17_02_54.jfr
      Matcher pid = PID.matcher(recording.getFileName().toString());
      Integer number = pid.find() ? numbers.get(Long.valueOf(pid.group(1))) : null;
      trace.read(recording, number == null ? "" : "process " + number + "/");
    }
    return trace;
  }

  private void read(Path recording, String process) throws IOException {
    try (RecordingFile events = new RecordingFile(recording)) {
      while (events.hasMoreEvents()) {
        RecordedEvent event = events.readEvent();
        String worker = process + event.getString("worker");
        if (event.getEventType().getName().equals(ChildStartEvent.NAME)) {
          addStart(worker, event.getLong("began"), event.getLong("ready"));
        } else {
          String client = event.getString("client");
          add(
              Integer.parseInt(client.substring(client.lastIndexOf(':') + 1)),
              new Served(
                  event.getLong("arrived"),
                  event.getLong("started"),
                  event.getLong("ended"),
                  worker));
        }
      }
    }
  }

  /**
   * Tells of each answer who gave it.
   *
   * @param origin what the times of the result count from ({@link System#nanoTime})
   * @return by client and number
   * @throws IOException if there is an answer that the server knows nothing of
   */
  List<ServedRequest> join(List<Answer> answers, long origin) throws IOException {
    List<ServedRequest> requests = new ArrayList<>();
    for (Answer answer : answers) {
      // A client has one request at work: between its two stamps there is no other. Several reads
      // of the server may have brought it.
      List<Served> parts =
          List.copyOf(
              byPort
                  .getOrDefault(answer.port(), new TreeMap<>())
                  .subMap(answer.sent(), true, answer.answered(), true)
                  .values());
      if (parts.isEmpty()) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the server's recording does not tell who served request %d of client %d",
                answer.number() + 1,
                answer.client() + 1));
      }
      requests.add(request(answer, parts, origin));
    }
    return requests;
  }

  private ServedRequest request(Answer answer, List<Served> parts, long origin) {
    Served first = parts.get(0);
    Served last = parts.get(parts.size() - 1);
    long assigned = first.started;
    long started = first.started;
    Map.Entry<Long, Long> start =
        starts.getOrDefault(first.worker, new TreeMap<>()).floorEntry(first.started);
    if (start != null && start.getValue() > first.arrived) {
      // It is given its request at once, and reads it when it is ready.
      assigned = Math.max(first.arrived, start.getKey());
      started = Math.min(last.ended, Math.max(started, start.getValue()));
    }
    return new ServedRequest(
        answer.client(),
        (int) answer.number(),
        answer.sent() - origin,
        assigned - origin,
        started - origin,
        last.ended - origin,
        answer.answered() - origin,
        last.worker);
  }
}
