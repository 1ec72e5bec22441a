package io.upper.stress;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Counts the datagrams that the kernel has dropped because a socket of ours had no room for them:
 * the last column of {@code /proc/net/udp} (proc(5)). Thread-safe.
 */
final class ReceiveDrops {
  /** Where the system does not tell. */
  static final long UNKNOWN = -1;

  private static final List<String> TABLES = List.of("/proc/net/udp", "/proc/net/udp6");

  // Opened before the run, which may leave no descriptor to open one with.
  private final List<RandomAccessFile> tables = new ArrayList<>();
  private final BitSet ports = new BitSet();
  private long before;

  ReceiveDrops() {
    for (String table : TABLES) {
      try {
        tables.add(new RandomAccessFile(table, "r"));
      } catch (FileNotFoundException e) {
        // Not Linux, or no IPv6.
      }
    }
  }

  /** A socket of ours, by its local port; others may share the port, but not with our server. */
  synchronized void add(int port) {
    ports.set(port);
  }

  /** What was dropped until now does not count: the warm-up. */
  synchronized void reset(int serverPort) {
    before = Math.max(0, total(serverPort));
  }

  /**
   * How many were dropped of what came from the server; while the sockets are open.
   *
   * @return {@link #UNKNOWN} where the system does not tell
   */
  synchronized long count(int serverPort) {
    long total = total(serverPort);
    return total == UNKNOWN ? UNKNOWN : Math.max(0, total - before);
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

  /** {@code 12: 0100007F:9C40 0100007F:07D0 01 … 0}: the ends of the socket, …, its drops. */
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
        // It was only read.
      }
    }
    tables.clear();
  }
}
