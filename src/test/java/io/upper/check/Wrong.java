package io.upper.check;

import io.upper.check.cases.Cases;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A wrong server, and what the grader finds.
 *
 * @param id of the case that it is made for
 * @param reason of that failure; # stands for a number, | for or
 * @param fault what is wrong
 * @param beside what fails, too
 * @param perhaps what may fail, too: it depends on who is faster
 * @param only the groups that are run, empty for all: where the others would take long
 * @param dies after so many clients more, from the beginning of the case; -1 never
 */
record Wrong(
    String id,
    String reason,
    Consumer<WrongServer> fault,
    Set<String> beside,
    Set<String> perhaps,
    Set<String> only,
    Duration patience,
    int dies) {
  // Where no limit decides.
  private static final Duration LONG = Duration.ofSeconds(30);
  // Where the fault is that nothing comes.
  private static final Duration SHORT = Duration.ofMillis(1500);

  /** It fails this case only. */
  static Wrong of(String id, String reason, Consumer<WrongServer> fault) {
    return new Wrong(id, reason, fault, Set.of(), Set.of(), Set.of(), LONG, -1);
  }

  Wrong beside(String... ids) {
    return new Wrong(id, reason, fault, ids(ids), perhaps, only, patience, dies);
  }

  Wrong perhaps(String... ids) {
    return new Wrong(id, reason, fault, beside, ids(ids), only, patience, dies);
  }

  Wrong only(String... groups) {
    return new Wrong(id, reason, fault, beside, perhaps, Set.of(groups), patience, dies);
  }

  Wrong hangs() {
    return new Wrong(id, reason, fault, beside, perhaps, only, SHORT, dies);
  }

  Wrong dies(int clients) {
    return new Wrong(id, reason, fault, beside, perhaps, only, patience, clients);
  }

  /** The same fault of a TLS server: of its cases those that run over TLS, too. */
  Wrong overTls() {
    return new Wrong(
        overTls(id), reason, fault, overTls(beside), overTls(perhaps), only, patience, dies);
  }

  private static Set<String> overTls(Set<String> ids) {
    Set<String> all = Cases.TLS.stream().map(CheckCase::id).collect(Collectors.toSet());
    return ids.stream().map(Wrong::overTls).filter(all::contains).collect(Collectors.toSet());
  }

  private static String overTls(String id) {
    return id.replaceFirst("^tcp/", "tls/");
  }

  /** Ids without the protocol; {@code many/*} is a group. */
  private Set<String> ids(String... names) {
    String protocol = id.substring(0, id.indexOf('/') + 1);
    Set<String> all = new TreeSet<>();
    for (String name : names) {
      Predicate<String> matches =
          Pattern.compile(protocol + name.replace("*", ".*")).asMatchPredicate();
      List<String> found = cases().stream().map(CheckCase::id).filter(matches).toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException("no case " + protocol + name);
      }
      all.addAll(found);
    }
    return all;
  }

  private List<CheckCase> cases() {
    return id.startsWith("tls/") ? Cases.TLS : Cases.TCP;
  }

  Level level() {
    return id.contains("abuse") ? Level.ABUSE : Level.ROBUST;
  }

  boolean runs(String caseId) {
    String name = caseId.substring(caseId.indexOf('/') + 1);
    return only.isEmpty() || only.stream().anyMatch(name::startsWith);
  }

  @Override
  public String toString() {
    return id;
  }
}
