package io.upper.config;

import java.util.Locale;

/** The configured transport: how the operating system reports events of sockets. */
public enum TransportKind {
  /** epoll on Linux, kqueue on macOS, NIO elsewhere and where those cannot be loaded. */
  AUTO,
  EPOLL,
  KQUEUE,
  IO_URING,
  NIO;

  /** The word for it in the configuration: {@code io_uring}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
