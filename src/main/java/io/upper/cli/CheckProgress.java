package io.upper.cli;

import io.upper.check.CheckCase;
import io.upper.check.CheckedServer;
import io.upper.check.Grader;
import io.upper.check.Outcome;
import io.upper.check.Symptom;
import io.upper.check.Traits;
import io.upper.check.Verdict;
import io.upper.check.report.CheckText;
import io.upper.net.Addresses;
import io.upper.report.Terminal;

/** Prints how a grading goes; on a terminal also which case runs. */
final class CheckProgress implements Grader.Listener {
  // ECMA-48: erase in line.
  private static final String ERASE = "\r\u001b[K";

  private final String host;
  private final CheckedServer server;
  private final boolean verbose;
  private final Terminal terminal = Terminal.ofStandardError();
  private boolean found;

  /**
   * Of one server.
   *
   * @param verbose whether passed cases show their evidence, too
   */
  CheckProgress(String host, CheckedServer server, boolean verbose) {
    this.host = host;
    this.server = server;
    this.verbose = verbose;
  }

  @Override
  public void found(Traits traits) {
    found = true;
    CheckText.traits(traits).forEach(System.out::println);
  }

  @Override
  public void begins(CheckCase check) {
    if (terminal.present()) {
      String line = "...      " + check.id();
      System.err.print(ERASE + line.substring(0, Math.min(line.length(), terminal.width() - 1)));
      System.err.flush();
    }
  }

  @Override
  public void ends(Verdict verdict) {
    erase();
    if (!found && verdict.symptom() == Symptom.NO_CONNECTION) {
      return; // There is no server.
    }
    System.out.println(CheckText.line(verdict));
    boolean failed = verdict.outcome() == Outcome.FAIL || verdict.outcome() == Outcome.WEAK;
    if (failed || verdict.flaky() || verbose) {
      int port = Addresses.port(server.address());
      CheckText.evidence(verdict, host, port).forEach(System.out::println);
    }
  }

  @Override
  public void restarted(String why) {
    erase();
    System.out.println("         started the server again: " + why);
  }

  private void erase() {
    if (terminal.present()) {
      System.err.print(ERASE);
      System.err.flush();
    }
  }
}
