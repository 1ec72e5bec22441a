package io.upper.check.cases;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.Level;
import io.upper.check.Peer;
import io.upper.check.Requirement;
import java.util.ArrayList;
import java.util.List;

/**
 * All cases, in the order in which they run: first what every client needs, last what hurts.
 * Between the groups a case asks whether the server still serves.
 */
public final class Cases {
  /** All of them. */
  public static final List<CheckCase> ALL = all();

  private Cases() {}

  private static List<CheckCase> all() {
    List<CheckCase> all = new ArrayList<>();
    all.add(serves("at-start", Level.BASIC));
    for (List<CheckCase> group :
        List.of(
            BasicCases.ALL,
            StreamCases.ALL,
            EndCases.ALL,
            TextCases.ALL,
            ManyCases.ALL,
            PressureCases.ALL,
            AbuseCases.ALL)) {
      all.addAll(group);
      CheckCase last = group.get(group.size() - 1);
      all.add(
          serves("after-" + last.group().substring(last.group().indexOf('/') + 1), last.level()));
    }
    return List.copyOf(all);
  }

  private static CheckCase serves(String name, Level level) {
    return new CheckCase(
        "tcp/serves/" + name,
        Requirement.MUST,
        level,
        name.equals("at-start")
            ? "A client gets a reply."
            : "A client still gets a reply "
                + name.replace('-', ' ').replace("after", "after the group")
                + ".",
        "An error of one client ends the server, or the loop that serves all of them.",
        "A server that one client can stop serves nobody.",
        "tcp-select",
        "io.upper.server.Session",
        Cost.requests(1),
        Cost.requests(1),
        Cases::ask);
  }

  private static void ask(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.ask(peer, attempt.word());
    attempt.finish(peer);
  }
}
