package io.upper.check;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Grades a server: finds out what it is, then runs the cases one after the other. Blocks its
 * thread, never for ever: each case has a limit, and all of them a {@link Budget}.
 */
public final class Grader {
  private static final int MAX_RESTARTS = 10;
  private static final Duration ENDING = Duration.ofMillis(500);

  // Of many clients the evidence has these many.
  private static final int KEPT_CLIENTS = 4;

  /**
   * What to run.
   *
   * @param seed the same seed gives the same texts
   * @param level the hardest one
   * @param full whether every case runs in its full form, whatever the time
   * @param selected by id
   * @param patience how long nothing may move, on top of the server's own time; half of it at the
   *     first try
   */
  public record Settings(
      long seed, Level level, boolean full, Predicate<String> selected, Duration patience) {
    /** The usual patience. */
    public static final Duration PATIENCE = Duration.ofSeconds(3);
  }

  /** Is told how it goes, by the grader's thread. */
  public interface Listener {
    /** What the server is. */
    default void found(Traits traits) {}

    /** A case begins. */
    default void begins(CheckCase check) {}

    /** The grader has started the server again, for this reason. */
    default void restarted(String why) {}

    /** A case has ended, or is not run. */
    default void ends(Verdict verdict) {}
  }

  private final CheckedServer server;
  private final String name;
  private final List<CheckCase> cases;
  private final Settings settings;
  private final Budget budget;
  private final Listener listener;
  private final List<Verdict> verdicts = new ArrayList<>();
  private final long start = System.nanoTime();
  private volatile boolean stopped;
  private Traits traits;
  private int restarts;
  // Why the cases that are left are not run; empty while they are.
  private String ended = "";

  /** With a budget of its own. */
  public Grader(
      CheckedServer server,
      String name,
      List<CheckCase> cases,
      Settings settings,
      Listener listener) {
    this(server, name, cases, settings, new Budget(1), listener);
  }

  /**
   * Does not begin yet.
   *
   * @param name of the server, for the report
   * @param cases all of them; the first one is run in any case
   * @param budget shared with the other gradings of the run
   */
  public Grader(
      CheckedServer server,
      String name,
      List<CheckCase> cases,
      Settings settings,
      Budget budget,
      Listener listener) {
    this.server = server;
    this.name = name;
    this.settings = settings;
    this.budget = budget;
    this.listener = listener;
    CheckCase first = cases.get(0);
    this.cases =
        cases.stream()
            .filter(check -> check == first || settings.selected().test(check.id()))
            .filter(check -> check.level().compareTo(settings.level()) <= 0)
            .toList();
  }

  /** Ends the grading after the case that runs; the others are skipped. Thread-safe. */
  public void stop() {
    stopped = true;
  }

  /** Runs the cases; blocks until the last one has ended. */
  public Report grade() {
    CheckCase first = cases.get(0);
    long began = System.nanoTime();
    budget.begin();
    try {
      traits = find();
      budget.plan(cases, traits);
      listener.found(traits);
      cases.forEach(this::grade);
    } catch (CheckFailure e) {
      listener.begins(first);
      Verdict verdict = verdict(first, first.full(), since(began), e, List.of(e.client()));
      ended = e.getMessage();
      verdicts.add(verdict);
      listener.ends(verdict);
      // One line says it; the report and the mark have them all.
      cases.stream().skip(1).forEach(check -> verdicts.add(Verdict.skipped(check, ended, true)));
    }
    return new Report(
        name,
        server.address(),
        settings.seed(),
        traits,
        List.copyOf(verdicts),
        since(start),
        null,
        ended);
  }

  private Traits find() throws CheckFailure {
    return cases.get(0).protocol().equals("udp")
        ? new DatagramDiscovery(server, settings.seed(), settings.patience()).find()
        : new Discovery(server, settings.seed(), settings.patience()).find();
  }

  private void grade(CheckCase check) {
    if (ended.isEmpty()) {
      // An earlier case may have been the cause.
      server.ended().ifPresent(this::restart);
    }
    Verdict verdict = notRun(check).orElseGet(() -> run(check));
    verdicts.add(verdict);
    listener.ends(verdict);
    boolean last = cases.indexOf(check) == cases.size() - 1;
    if (ended.isEmpty() && !last && check.proves() && verdict.outcome() == Outcome.FAIL) {
      restart(server.ended().orElse("it does not serve any more: " + check.id() + " failed"));
    }
  }

  private void restart(String why) {
    if (restarts < MAX_RESTARTS && server.restart()) {
      restarts++;
      listener.restarted(why);
    } else {
      ended = why;
    }
  }

  private Optional<Verdict> notRun(CheckCase check) {
    if (ended.isEmpty() && stopped) {
      ended = "interrupted";
    }
    if (!check.full().appliesTo(traits)) {
      String clients =
          traits.oneClientAtATime() ? "one client" : traits.clientsAtOnce() + " clients";
      String reason = "it serves " + clients + " at a time: the others have to wait";
      return Optional.of(Verdict.skipped(check, reason, false));
    }
    return ended.isEmpty() ? Optional.empty() : Optional.of(Verdict.skipped(check, ended, true));
  }

  private Verdict run(CheckCase check) {
    boolean full = settings.full() || budget.allowsFull(check);
    if (!full && !check.proves()) {
      Optional<String> reason = budget.whyNot(check);
      if (reason.isPresent()) {
        return Verdict.skipped(check, reason.get(), true);
      }
    }
    Cost cost = full ? check.full() : check.brief();
    listener.begins(check);
    Verdict first = attempt(check, cost, settings.patience().dividedBy(2));
    if (first.symptom() == null || !mayBeChance(check, first) || server.ended().isPresent()) {
      return first;
    }
    Verdict second = attempt(check, cost, settings.patience());
    Duration both = first.elapsed().plus(second.elapsed());
    return second.outcome() == Outcome.PASS
        ? new Verdict(
            check,
            Outcome.PASS,
            true,
            second.brief(),
            true,
            both,
            first.reason(),
            null,
            first.clients(),
            first.lastLines())
        : new Verdict(
            check,
            second.outcome(),
            second.counts(),
            second.brief(),
            second.symptom() != first.symptom(),
            both,
            second.reason(),
            second.symptom(),
            second.clients(),
            second.lastLines());
  }

  /** Whether a busy machine may be the cause. */
  private static boolean mayBeChance(CheckCase check, Verdict failed) {
    return failed.symptom().timing() || check.group().equals("tcp/life");
  }

  private Verdict attempt(CheckCase check, Cost cost, Duration patience) {
    long began = System.nanoTime();
    long seed = settings.seed() ^ check.id().hashCode();
    try (Attempt attempt = new Attempt(server, traits, cost, seed, patience)) {
      try {
        check.body().run(attempt);
        return verdict(check, cost, since(began), null, attempt.clients());
      } catch (CheckFailure e) {
        return verdict(check, cost, since(began), e, attempt.clients());
      } catch (NotApplicable e) {
        return Verdict.skipped(check, e.getMessage(), false);
      } catch (UncheckedIOException e) {
        // Of this program, not of the server: no more descriptors, or no more ports.
        return Verdict.skipped(check, e.getMessage(), false);
      }
    } finally {
      server.lifecycle().ifPresent(Lifecycle::restore);
    }
  }

  private Verdict verdict(
      CheckCase check, Cost cost, Duration elapsed, CheckFailure failure, List<Client> clients) {
    Outcome outcome =
        failure == null
            ? Outcome.PASS
            : check
                .requirement()
                .failure(traits == null ? Traits.UNKNOWN.mapping() : traits.mapping());
    return new Verdict(
        check,
        outcome,
        true,
        !cost.equals(check.full()),
        false,
        elapsed,
        failure == null ? "" : failure.getMessage() + whetherItEnded(failure.symptom()),
        failure == null ? null : failure.symptom(),
        evidence(failure == null ? null : failure.client(), clients),
        failure == null ? List.of() : server.lastLines());
  }

  /** A server that the grader has started may take a moment to end. */
  private String whetherItEnded(Symptom symptom) {
    boolean may =
        symptom == Symptom.RESET
            || symptom == Symptom.EARLY_END
            || symptom == Symptom.NO_CONNECTION;
    boolean started = server.memory().isPresent();
    long end = System.nanoTime() + ENDING.toNanos();
    while (may && started && server.ended().isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    return server.ended().map(reason -> " " + sentence(reason)).orElse("");
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }

  /** The client that saw the failure, and then the others, as far as they are few. */
  private static List<Observation> evidence(Client culprit, List<Client> clients) {
    return clients.stream()
        .sorted(Comparator.comparing(client -> client != culprit))
        .limit(KEPT_CLIENTS)
        .map(Observation::of)
        .toList();
  }

  private static Duration since(long time) {
    return Duration.ofNanos(System.nanoTime() - time);
  }
}
