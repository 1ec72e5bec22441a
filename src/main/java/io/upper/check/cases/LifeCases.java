package io.upper.check.cases;

import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;
import static io.upper.check.Requirement.SHOULD;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Framing;
import io.upper.check.Lifecycle;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.Symptom;
import io.upper.report.Units;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The beginning and the end of a server that the grader has started, and its descriptors. */
final class LifeCases {
  private static final Duration A_MOMENT = Duration.ofMillis(100);
  private static final Duration START = Duration.ofSeconds(1);
  private static final Duration FILLING = Duration.ofMillis(500);

  // A shorter job may be done when the signal arrives.
  private static final Duration LONG_JOB = Duration.ofMillis(100);

  // More than servers keep in reserve, and three times as many clients: its processes share them.
  private static final int SPARE = 64;
  private static final int IDLE = 3 * SPARE;

  // A right server calms down, a busy loop never does, though others may use the processor, too.
  private static final int WINDOWS = 6;
  private static final Duration WINDOW = Duration.ofSeconds(1);
  private static final int CALM = 10;

  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tcp/life/restart-at-once",
              SHOULD,
              ROBUST,
              "A server that was ended with a client connected starts again at once, on its port.",
              "SO_REUSEADDR is missing: the old connection keeps the port for a minute.",
              "After a crash or an update nobody wants to wait.",
              "tcp-server",
              "io.upper.server.TcpServerVerticle",
              Cost.requests(2).pausing(START),
              Cost.requests(2).pausing(START),
              LifeCases::restartAtOnce),
          new CheckCase(
              "tcp/life/answers-in-flight",
              SHOULD,
              ROBUST,
              "A reply that is being made at SIGTERM comes in full, and then a proper end.",
              "Nothing handles SIGTERM: the process ends in the middle of its work.",
              "Every update of the server would cost its clients their replies.",
              "",
              "io.upper.server.Server",
              Cost.requests(2).pausing(START),
              Cost.requests(2).pausing(START),
              LifeCases::answersInFlight),
          new CheckCase(
              "tcp/life/busy-port",
              SHOULD,
              ROBUST,
              "A second copy on the same port ends with an error; the first one goes on serving.",
              "The error of bind is caught and forgotten, or SO_REUSEPORT lets both listen.",
              "Two copies that share a port answer in turn, one of them with an old version.",
              "tcp-server",
              "io.upper.server.Server",
              Cost.requests(1).pausing(START),
              Cost.requests(1).pausing(START),
              LifeCases::busyPort),
          new CheckCase(
              "tcp/life/no-orphan",
              MUST,
              ROBUST,
              "After SIGTERM, and after SIGKILL of its main process, nothing is left of the server.",
              "Child processes do not notice that their parent has ended.",
              "What is left keeps the port and memory, and serves old code.",
              "tcp-server",
              "io.upper.prefork.Supervisor",
              Cost.requests(2).pausing(START),
              Cost.requests(2).pausing(START),
              LifeCases::noOrphan),
          new CheckCase(
              "tcp/life/descriptors",
              SHOULD,
              ROBUST,
              "With all its descriptors taken a server waits, and serves again when clients leave.",
              "An error of accept ends the loop, or the loop runs hot on it.",
              "Idle clients are free of charge; descriptors are not.",
              "",
              "io.upper.server.Admission",
              Cost.requests(2).pausing(START.multipliedBy(2)).together(IDLE + 1),
              Cost.requests(2).pausing(START.multipliedBy(2)).together(IDLE + 1),
              LifeCases::descriptors));

  private LifeCases() {}

  private static void restartAtOnce(Attempt attempt) throws CheckFailure, NotApplicable {
    Lifecycle life = attempt.lifecycle();
    // The side that closes first has to remember the connection (TIME_WAIT): here the server's.
    Peer peer = attempt.connect();
    attempt.ask(peer, attempt.word());
    try {
      life.startAgain();
    } catch (IOException e) {
      throw new CheckFailure(
          Symptom.NO_START, peer, "It did not start again on its port: " + e.getMessage() + ".");
    }
    Cases.ask(attempt);
  }

  private static void answersInFlight(Attempt attempt) throws CheckFailure, NotApplicable {
    Lifecycle life = attempt.lifecycle();
    Duration job = attempt.traits().job();
    if (job.compareTo(LONG_JOB) < 0) {
      throw new NotApplicable(
          "a request takes less than " + Units.time(LONG_JOB) + ": none is in flight at SIGTERM");
    }
    Peer peer = attempt.connect();
    if (attempt.traits().framing() == Framing.END) {
      attempt.say(peer, attempt.word());
      peer.end();
    } else {
      // What this client needs is there before its second message comes.
      attempt.ask(peer, attempt.word());
      attempt.say(peer, attempt.word());
    }
    attempt.pause(job.dividedBy(2));
    life.terminate();
    attempt.replies(peer);
    attempt.finish(peer);
  }

  private static void busyPort(Attempt attempt) throws CheckFailure, NotApplicable {
    Lifecycle life = attempt.lifecycle();
    Peer peer = attempt.connect();
    OptionalInt status;
    try {
      status = life.startSecond(attempt.longLimit());
    } catch (IOException e) {
      throw new NotApplicable("no second copy: " + e.getMessage());
    }
    if (status.isEmpty()) {
      throw new CheckFailure(
          Symptom.NO_EXIT,
          peer,
          "A second copy on the same port still ran after "
              + Units.time(attempt.longLimit())
              + ".");
    }
    if (status.getAsInt() == 0) {
      throw new CheckFailure(
          Symptom.NO_ERROR,
          peer,
          "A second copy on the same port ended with status 0, which means success.");
    }
    attempt.ask(peer, attempt.word());
  }

  private static void noOrphan(Attempt attempt) throws CheckFailure, NotApplicable {
    Lifecycle life = attempt.lifecycle();
    Peer first = attempt.connect();
    attempt.ask(first, attempt.word());
    life.terminate();
    nothingLeft(attempt, life, first, "SIGTERM");
    try {
      life.startAgain();
    } catch (IOException e) {
      throw new NotApplicable("it does not start again: " + e.getMessage());
    }
    Peer second = attempt.connect();
    attempt.ask(second, attempt.word());
    life.kill();
    nothingLeft(attempt, life, second, "SIGKILL of its main process");
  }

  /** The client leaves, since a child may serve it to the end. */
  private static void nothingLeft(Attempt attempt, Lifecycle life, Peer peer, String signal)
      throws CheckFailure, NotApplicable {
    attempt.pause(A_MOMENT);
    peer.close();
    Optional<String> left;
    try {
      left = life.left(attempt.longLimit());
    } catch (IOException e) {
      throw new NotApplicable("its port cannot be looked at: " + e.getMessage());
    }
    if (left.isPresent()) {
      throw new CheckFailure(
          Symptom.NO_EXIT,
          peer,
          Units.time(attempt.longLimit()) + " after " + signal + " " + left.get() + ".");
    }
  }

  private static void descriptors(Attempt attempt) throws CheckFailure, NotApplicable {
    Lifecycle life = attempt.lifecycle();
    life.startAgain(SPARE);
    Cases.ask(attempt);
    List<Peer> idle = new ArrayList<>();
    for (int i = 0; i < IDLE; i++) {
      // Those that are not accepted wait in the kernel.
      idle.add(attempt.open());
    }
    attempt.pause(FILLING);
    calmsDown(attempt, life, idle.get(0));
    idle.forEach(Peer::close);
    Cases.ask(attempt);
  }

  private static void calmsDown(Attempt attempt, Lifecycle life, Peer peer) throws CheckFailure {
    Duration used = Duration.ZERO;
    for (int i = 0; i < WINDOWS; i++) {
      Duration before = life.cpu();
      attempt.pause(WINDOW);
      Duration now = life.cpu().minus(before);
      if (now.compareTo(WINDOW.dividedBy(CALM)) < 0) {
        return;
      }
      used = used.plus(now);
    }
    throw new CheckFailure(
        Symptom.BUSY_LOOP,
        peer,
        "Without a free descriptor the server used "
            + Units.time(used)
            + " of processor time in "
            + Units.time(WINDOW.multipliedBy(WINDOWS))
            + ".");
  }
}
