package io.upper.check.report;

import io.upper.check.Observation;
import io.upper.check.Transcript;
import io.upper.check.Transcript.Action;
import io.upper.check.Transcript.Event;
import io.upper.check.Verdict;
import io.upper.net.Addresses;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** One line for a shell that does by hand what a client of a case did. */
final class ByHand {
  private static final int MANY_BYTES = 200;
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

  // With a certificate of any authority, and any name.
  private static final String UNVERIFIED =
      "c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE;"
          + " s = c.wrap_socket(s); ";

  // SERVER is its command, which only its author knows how to write for a shell.
  private static final Map<String, String> OF_LIFE =
      Map.of(
          "tcp/life/restart-at-once",
          "SERVER & sleep 2; sleep 9 | nc HOST PORT & sleep 1; kill %1; sleep 1; SERVER",
          "tcp/life/answers-in-flight",
          "SERVER & sleep 2; (echo hello; sleep 9) | nc HOST PORT & sleep 0.1; kill %1; wait",
          "tcp/life/busy-port",
          "SERVER & sleep 2; SERVER; echo $?",
          "tcp/life/no-orphan",
          "SERVER & sleep 2; echo hello | nc -N HOST PORT; kill %1; sleep 5; ss -ltnp | grep :PORT",
          "tcp/life/descriptors",
          "(ulimit -n 100; SERVER) & sleep 2; for i in $(seq 192); do sleep 9 | nc HOST PORT & done;"
              + " sleep 12; echo hello | nc -N HOST PORT");

  private final Verdict verdict;
  private final String host;
  private final int port;

  private ByHand(Verdict verdict, String host, int port) {
    this.verdict = verdict;
    this.host = host;
    this.port = port;
  }

  /**
   * A line for a shell; SERVER in it stands for the command that starts the server.
   *
   * @param host of the server, and its port
   */
  static String of(Verdict verdict, String host, int port) {
    return new ByHand(verdict, host, port).line();
  }

  private String line() {
    String life = OF_LIFE.get(verdict.check().id());
    if (life != null) {
      return life.replace("HOST", host).replace("PORT", "" + port);
    }
    Optional<Observation> resetting = first(client -> client.transcript().has(Action.RESET));
    if (resetting.isPresent()) {
      return resetting(resetting.get()) + "; " + next();
    }
    Optional<Observation> silent = first(client -> !client.reads());
    if (silent.isPresent()) {
      return unread(silent.get()) + next();
    }
    List<Event> events = sent();
    boolean ends = verdict.clients().get(0).clientEnded();
    if (events.isEmpty() && protocol().equals("tcp") && !ends) {
      return isPath() ? "nc -z -U " + path() : "nc -vz " + host + " " + port;
    }
    long bytes = size(events);
    String input = input(events);
    if (!ends && !protocol().equals("udp")) {
      input = "(" + input + "; sleep 5)";
    } else if (input.contains(";")) {
      input = "(" + input + ")";
    }
    return input + " | " + client() + (bytes > MANY_BYTES ? " | wc -c" : " | od -c");
  }

  private String protocol() {
    return verdict.check().protocol();
  }

  private boolean isPath() {
    return Addresses.isPath(host);
  }

  private String path() {
    return Addresses.path(host);
  }

  private String client() {
    if (isPath()) {
      return protocol().equals("tls")
          ? "openssl s_client -quiet -unix " + path()
          : "nc -N -U " + path();
    }
    return switch (protocol()) {
      case "udp" -> "nc -u -w 1 " + host + " " + port;
      case "tls" -> "openssl s_client -quiet -connect " + Addresses.text(host, port);
      default -> "nc -N " + host + " " + port;
    };
  }

  /** The client after the one that did harm. */
  private String next() {
    return protocol().equals("tls")
        ? "(printf hello; sleep 2) | " + client() + " -no_ign_eof"
        : "printf hello | " + client();
  }

  private Optional<Observation> first(Predicate<Observation> one) {
    return verdict.clients().stream().filter(one).findFirst();
  }

  /** What the client that saw the failure has sent; if nothing, what the first one has. */
  private List<Event> sent() {
    return verdict.clients().stream()
        .map(ByHand::sent)
        .filter(events -> !events.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static Stream<Event> events(Transcript transcript) {
    return Stream.concat(transcript.first().stream(), transcript.last().stream());
  }

  private static List<Event> sent(Observation client) {
    return events(client.transcript()).filter(one -> one.action() == Action.SENT).toList();
  }

  private static long size(List<Event> events) {
    return events.stream().mapToLong(Event::size).sum();
  }

  private static String input(List<Event> events) {
    long bytes = size(events);
    return bytes > MANY_BYTES ? bulk(bytes, events.get(0).bytes()) : inPieces(events);
  }

  /** Of ASCII; or groups of three bytes, of which every buffer of another size cuts a character. */
  private static String bulk(long bytes, byte[] beginning) {
    for (byte each : beginning) {
      if (each < 0) {
        return "yes añ | tr -d '\\n' | head -c " + bytes / 3 * 3;
      }
    }
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

  private String resetting(Observation client) {
    return python(
        "import socket, struct",
        "s.sendall(b'"
            + bytes(client)
            + "'); s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))");
  }

  /** With much data it stays, in the background, and its network fills; else it leaves. */
  private String unread(Observation client) {
    long bytes = size(sent(client));
    return bytes > MANY_BYTES
        ? python(
                "import socket, threading, time",
                "threading.Thread(target=s.sendall, args=(b'a' * "
                    + bytes
                    + ",), daemon=True).start(); time.sleep(9)")
            + " & sleep 2; "
        : python("import socket, time", "s.sendall(b'" + bytes(client) + "'); time.sleep(2)")
            + "; ";
  }

  private String python(String imports, String acts) {
    // A client that stops in its handshake sends what is no TLS.
    boolean secured = protocol().equals("tls") && !verdict.check().id().contains("/handshake/");
    return "python3 -c \""
        + imports
        + (secured ? ", ssl" : "")
        + "; s = "
        + (isPath()
            ? "socket.socket(socket.AF_UNIX); s.connect('" + path() + "'); "
            : "socket.create_connection(('" + host + "', " + port + ")); ")
        + (secured ? UNVERIFIED : "")
        + acts
        + "; s.close()\"";
  }

  private static String bytes(Observation client) {
    StringBuilder bytes = new StringBuilder();
    sent(client).forEach(event -> bytes.append(escaped(event.bytes(), false)));
    return bytes.toString();
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
