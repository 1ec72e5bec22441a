package io.upper.jvm;

/** Threads that do not keep the process alive. */
public final class Daemon {

  /** What a thread does until it returns or is interrupted. */
  public interface Work {
    void run() throws InterruptedException;
  }

  private Daemon() {}

  /** Starts a thread, which an interrupt ends. */
  public static Thread start(String name, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (InterruptedException e) {
                // The thread's end.
              }
            },
            name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
