package io.upper.check.cases;

import static io.upper.check.Level.ABUSE;
import static io.upper.check.Requirement.SHOULD;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Client;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** What only an attacker does; not against servers of others. */
final class AbuseCases {
  private static final int IDLE = 1000;
  private static final Duration A_MOMENT = Duration.ofMillis(200);
  private static final int NOISE = 1024 * 1024;

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/abuse/1000-idle",
              SHOULD,
              ABUSE,
              "1,000 clients that say nothing leave the next one its reply.",
              "Descriptors or threads run out, and accept fails for ever.",
              "It costs an attacker one small program.",
              "",
              "io.upper.server.Admission",
              Cost.requests(1).together(IDLE + 1),
              Cost.requests(1).together(IDLE + 1),
              AbuseCases::idle),
          new CheckCase(
              "tcp/abuse/1000-resets",
              SHOULD,
              ABUSE,
              "1,000 clients that connect and reset leave a server that still serves.",
              "Each of them costs a thread, a log line or a descriptor that stays.",
              "Attackers do not say goodbye.",
              "tcp-thread",
              "io.upper.server.AdmissionHandler",
              Cost.requests(1),
              Cost.requests(1),
              AbuseCases::resets),
          new CheckCase(
              "tcp/abuse/noise",
              SHOULD,
              ABUSE,
              "1 MiB of random bytes leaves a server that still serves.",
              "Bytes that are no text throw where nothing catches them.",
              "Fuzzers find every service.",
              "tcp-thread",
              "io.upper.text.Utf8Uppercase",
              Cost.bytes(NOISE),
              Cost.bytes(60),
              AbuseCases::noise));

  private AbuseCases() {}

  private static void idle(Attempt attempt) throws CheckFailure {
    for (int i = 0; i < IDLE; i++) {
      attempt.connect();
    }
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void resets(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsReset();
    for (int i = 0; i < IDLE; i++) {
      try {
        Peer peer = attempt.open();
        // Where the queue of connections is full it gives up, as attackers do.
        attempt.await(() -> peer.state() != Client.State.CONNECTING, A_MOMENT);
        peer.reset();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot reset a connection: " + e.getMessage(), e);
      }
    }
    attempt.pause(A_MOMENT);
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void noise(Attempt attempt) throws CheckFailure {
    byte[] bytes = new byte[attempt.cost().bytes()];
    attempt.random().nextBytes(bytes);
    Peer peer = attempt.connect();
    peer.send(bytes);
    peer.end();
    // Of so much surplus a client reads only the beginning.
    attempt.await(() -> peer.over() || peer.taken() >= bytes.length);
    attempt.pause(A_MOMENT);
    peer.close();
    attempt.ask(attempt.connect(), attempt.word());
  }
}
