package io.upper.check.report;

import io.upper.check.Client;
import io.upper.check.Observation;
import io.upper.check.Transcript;
import io.upper.report.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What happened on a connection, and when: a line for each event. */
final class TranscriptText {

  private TranscriptText() {}

  static List<String> lines(Observation seen, String indent) {
    List<String> lines = new ArrayList<>();
    Transcript transcript = seen.transcript();
    for (Transcript.Event event : transcript.first()) {
      lines.add(indent + event(event));
    }
    if (transcript.leftOut() > 0) {
      lines.add(indent + "            … " + Units.count(transcript.leftOut()) + " more events …");
    }
    for (Transcript.Event event : transcript.last()) {
      lines.add(indent + event(event));
    }
    if (seen.port() > 0 && !lines.isEmpty()) {
      lines.set(0, lines.get(0) + " from port " + seen.port());
    }
    if (seen.state() == Client.State.CONNECTING) {
      lines.add(indent + "           not connected");
    }
    return lines;
  }

  private static String event(Transcript.Event event) {
    String what =
        switch (event.action()) {
          case CONNECTED -> "connected";
          case SENT -> "sent     " + data(event);
          case ENDED -> "ended the client's side (FIN)";
          case RECEIVED -> "received " + data(event);
          case SERVER_ENDED -> "the server ended its side";
          case SERVER_RESET -> "the server reset the connection";
          case RESET -> "reset by the client";
          case CLOSED -> "closed by the client";
        };
    return String.format(Locale.ROOT, "%8.3f s %s", event.at().toNanos() / 1e9, what);
  }

  private static String data(Transcript.Event event) {
    return Units.plural(event.size(), "byte")
        + (event.size() == 0 ? "" : " " + HexWindow.quoted(event.bytes(), event.size()));
  }
}
