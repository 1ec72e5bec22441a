package io.upper.cli;

import io.upper.config.Configuration;
import io.upper.config.LiveConfiguration;
import io.upper.prefork.Supervisor;

/** The life of a supervisor of several server processes, and of their live page if there is one. */
final class Supervision {
  private Supervision() {}

  /**
   * Serves until it is stopped; blocks.
   *
   * @param clients demonstration clients that start once all processes listen
   * @return the exit status
   */
  static int run(LiveConfiguration live, boolean verbose, int clients) throws Exception {
    Configuration first = live.current();
    boolean watched = first.admin().live();
    Supervisor supervisor =
        new Supervisor(first, ServerProcessCommand.commandLine(verbose, watched));
    LiveProcesses page = watched ? LiveProcesses.start(first, supervisor) : null;
    try {
      supervisor.onListening(
          ports -> {
            SystemdNotifier.ready(supervisor.addresses());
            if (page != null) {
              page.listening(clients);
            }
          });
      StopSignals.onStop(
          () -> {
            if (page != null) {
              page.stopping();
            }
            supervisor.stop();
          });
      ConfigurationWatch.start(
          live,
          next -> SystemdNotifier.reload(() -> supervisor.change(next), supervisor::addresses));
      return supervisor.supervise();
    } finally {
      if (page != null) {
        page.close();
      }
    }
  }
}
