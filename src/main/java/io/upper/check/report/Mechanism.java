package io.upper.check.report;

import io.upper.check.Observation;
import io.upper.check.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * What must have happened for a client to see a failure, in words. It says no more than the
 * evidence shows: where two causes look the same, it names both.
 */
final class Mechanism {
  private Mechanism() {}

  /**
   * Explains a failed case.
   *
   * @return sentences; empty if its reason says everything
   */
  static String of(Verdict verdict) {
    if (verdict.symptom() == null || verdict.clients().isEmpty()) {
      return "";
    }
    Observation seen = verdict.clients().get(0);
    return switch (verdict.symptom()) {
      case NO_CONNECTION ->
          verdict.reason().contains("refused")
              ? "Nothing listens at the port: the server has ended, or has closed its listening"
                  + " socket."
              : "The kernel queues connections until the server accepts them; its queue (backlog)"
                  + " is full, or the server does not accept.";
      case HANDSHAKE -> "";
      case WRONG_BYTES ->
          WrongBytes.of(seen, verdict.clients().subList(1, verdict.clients().size()));
      case EXTRA_BYTES -> WrongBytes.extra(seen);
      case EARLY_END ->
          processEnded(verdict)
              ? "When a process ends, the kernel ends its connections, whatever it was doing."
              : seen.clientEnded()
                  ? "The client had ended its side, and the server closed the connection before it had"
                      + " sent everything: it takes the end of the input for the end of the connection."
                  : "The client had not ended its side: the server closes after its first reply, or an"
                      + " error ended the code that serves this client.";
      case RESET ->
          processEnded(verdict)
              ? "When a process ends, the kernel resets its connections."
              : "A socket that is closed with input unread, and one whose process ends, makes the kernel"
                  + " send a reset; the client's system throws away what it has not read yet. Read to"
                  + " the end before closing, or shut down the output first and read on.";
      case NO_REPLY -> silent(seen, verdict.clients());
      case NO_END ->
          "The client has ended its side, and the server keeps its socket open: it does not act on"
              + " the end (a read of no bytes), or never closes.";
      case NO_BACK_PRESSURE, MEMORY ->
          "The server goes on reading while its replies are not taken, and keeps them in memory:"
              + " do not read from a client whose replies wait.";
      case NO_START ->
          verdict.reason().toLowerCase(Locale.ROOT).contains("in use")
              ? "The connection that the server closed keeps the port for a minute, unless"
                  + " SO_REUSEADDR is set before bind."
              : "";
      case NO_EXIT, NO_ERROR -> "";
      case BUSY_LOOP ->
          "A client that cannot be accepted stays in the queue, so that accept, or poll, returns at"
              + " once again and again: wait before the next try, or until a client has left.";
    };
  }

  private static boolean processEnded(Verdict verdict) {
    return verdict.reason().contains("The server ended by ")
        || verdict.reason().contains("The server ended with ");
  }

  private static String silent(Observation seen, List<Observation> clients) {
    if (seen.receivedCount() > 0) {
      return "The connection stayed open, and a part of the reply came: the rest was lost, or waits"
          + " for more input.";
    }
    if (clients.stream().anyMatch(client -> !client.reads())) {
      return "The connection stayed open and silent, while another client sent and did not read: a"
          + " write to it blocks, and if the thread that writes serves all clients, all wait.";
    }
    return clients.size() > 1
        ? "The connection stayed open and silent: the server is busy with another client, or waits"
            + " for more input."
        : "The connection stayed open and silent: the server waits for more input, or what serves"
            + " this client hangs or has ended.";
  }
}
