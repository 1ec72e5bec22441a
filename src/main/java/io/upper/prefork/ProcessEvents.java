package io.upper.prefork;

/** Receives what the server processes of a {@link Supervisor} report, to show it. Thread-safe. */
public interface ProcessEvents {

  /**
   * A process has reported events; called on the thread that reads its output.
   *
   * @param number its number among the processes, from 1
   * @param pid the number that the system gave it
   * @param line what it printed after {@link ServerProcess#LIVE}
   */
  void reported(int number, long pid, String line);

  /**
   * A process has ended.
   *
   * @param why {@code ended with status 137}
   */
  void ended(int number, long pid, String why);
}
