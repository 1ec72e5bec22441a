package io.upper.stress;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Counts the datagrams that the kernel dropped because a receive buffer of the generator was full:
 * the last column of {@code /proc/net/udp} (proc(5)). Thread-safe.
 */
final class ReceiveDrops {
  /** The system does not report drops. */
  static final long UNKNOWN = -1;

  private static final List<String> TABLES = List.of("/proc/net/udp", "/proc/net/udp6");

  // Opened before the run, which may use up the file descriptors.
  private final List<RandomAccessFile> tables = new ArrayList<>();
  private final BitSet ports = new BitSet();
  private long baseline;

  ReceiveDrops() {
    for (String table : TABLES) {
      try {
        tables.add(new RandomAccessFile(table, "r"));
      } catch (FileNotFoundException e) {
        // Not Linux, or no IPv6.
      }
    }
  }

  /** Adds a socket by its local port; sockets of others differ in the server's port. */
  synchronized void add(int port) {
    ports.set(port);
  }

  /** Excludes drops so far, at the end of the warm-up. */
  synchronized void reset(int serverPort) {
    baseline = Math.max(0, total(serverPort));
  }

  /**
   * The number of dropped datagrams from the server. Call it while the sockets are open.
   *
   * @return {@link #UNKNOWN} if the system does not report it
   */
  synchronized long count(int serverPort) {
    long total = total(serverPort);
    return total == UNKNOWN ? UNKNOWN : Math.max(0, total - baseline);
  }

  private long total(int serverPort) {
    if (tables.isEmpty()) {
      return UNKNOWN;
    }
    long total = 0;
    try {
      for (RandomAccessFile table : tables) {
        table.seek(0);
        byte[] text = new byte[1 << 16];
        StringBuilder all = new StringBuilder();
        for (int read = table.read(text); read > 0; read = table.read(text)) {
          all.append(new String(text, 0, read, StandardCharsets.US_ASCII));
        }
        total += all.toString().lines().skip(1).mapToLong(line -> drops(line, serverPort)).sum();
      }
    } catch (IOException | NumberFormatException e) {
      return UNKNOWN;
    }
    return total;
  }

  /** {@code 12: 0100007F:9C40 0100007F:07D0 01 … 0}: local and remote address, …, drops. */
  private long drops(String line, int serverPort) {
    String[] columns = line.strip().split("\\s+");
    return ports.get(port(columns[1])) && port(columns[2]) == serverPort
        ? Long.parseLong(columns[columns.length - 1])
        : 0;
  }

  private static int port(String address) {
    return Integer.parseInt(address.substring(address.indexOf(':') + 1), 16);
  }

  synchronized void close() {
    for (RandomAccessFile table : tables) {
      try {
        table.close();
      } catch (IOException e) {
        // Nothing to lose: it was only read.
      }
    }
    tables.clear();
  }
}
