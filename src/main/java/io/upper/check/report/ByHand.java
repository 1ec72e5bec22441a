package io.upper.check.report;

import io.upper.check.Observation;
import io.upper.check.Transcript;
import io.upper.check.Transcript.Action;
import io.upper.check.Transcript.Event;
import io.upper.check.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** One line for a shell that does by hand what a client of a case did. */
final class ByHand {
  private static final int MANY_BYTES = 200;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

  private ByHand() {}

  /**
   * A line for a shell.
   *
   * @param host of the server, and its port
   */
  static String of(Verdict verdict, String host, int port) {
    List<Event> events = sent(verdict);
    if (events.isEmpty() && verdict.check().protocol().equals("tcp") && !ends(verdict)) {
      return "nc -vz " + host + " " + port;
    }
    long bytes = events.stream().mapToLong(Event::size).sum();
    String protocol = verdict.check().protocol();
    if (anyReset(verdict)) {
      return reset(verdict, host, port);
    }
    String input = bytes > MANY_BYTES ? bulk(bytes) : inPieces(events);
    boolean ends = ends(verdict);
    String client =
        switch (protocol) {
          case "udp" -> "nc -u -w 1 " + host + " " + port;
          case "tls" -> "openssl s_client -quiet -connect " + host + ":" + port;
          default -> (ends ? "nc -N " : "nc ") + host + " " + port;
        };
    if (!ends && !protocol.equals("udp")) {
      input = "(" + input + "; sleep 5)";
    } else if (input.contains(";")) {
      input = "(" + input + ")";
    }
    return input + " | " + client + (bytes > MANY_BYTES ? " | wc -c" : " | od -c");
  }

  /** What the client that saw the failure has sent; if nothing, what the first one has. */
  private static List<Event> sent(Verdict verdict) {
    return verdict.clients().stream()
        .map(
            client ->
                events(client.transcript()).filter(one -> one.action() == Action.SENT).toList())
        .filter(events -> !events.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static Stream<Event> events(Transcript transcript) {
    return Stream.concat(transcript.first().stream(), transcript.last().stream());
  }

  private static boolean anyReset(Verdict verdict) {
    return verdict.clients().stream().anyMatch(client -> client.transcript().has(Action.RESET));
  }

  private static boolean ends(Verdict verdict) {
    return verdict.clients().stream().limit(1).anyMatch(Observation::clientEnded);
  }

  private static String bulk(long bytes) {
    return "head -c " + bytes + " /dev/zero | tr '\\0' a";
  }

  private static String inPieces(List<Event> events) {
    StringBuilder line = new StringBuilder();
    Event before = null;
    for (Event event : events) {
      if (before != null) {
        Duration pause = event.at().minus(before.at());
        Duration slept = pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
        line.append(String.format(Locale.ROOT, "; sleep %.2f; ", slept.toNanos() / 1e9));
      }
      line.append("printf '").append(escaped(event.bytes(), true)).append('\'');
      before = event;
    }
    return line.length() == 0 ? "printf ''" : line.toString();
  }

  private static String reset(Verdict verdict, String host, int port) {
    StringBuilder bytes = new StringBuilder();
    verdict.clients().stream()
        .filter(client -> client.transcript().has(Action.RESET))
        .limit(1)
        .flatMap(client -> events(client.transcript()))
        .filter(event -> event.action() == Action.SENT)
        .forEach(event -> bytes.append(escaped(event.bytes(), false)));
    return "python3 -c \"import socket, struct; s = socket.create_connection(('"
        + host
        + "', "
        + port
        + ")); s.sendall(b'"
        + bytes
        + "'); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0));"
        + " s.close()\"; printf hello | nc -N "
        + host
        + " "
        + port;
  }

  /** With octal escapes, which printf and Python understand. */
  private static String escaped(byte[] bytes, boolean printf) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      if (each == '%' && printf) {
        text.append("%%");
      } else if (each < ' ' || each > '~' || "'\\\"`$".indexOf(each) >= 0) {
        text.append(String.format(Locale.ROOT, "\\%03o", each & 0xff));
      } else {
        text.append((char) each);
      }
    }
    return text.toString();
  }
}
