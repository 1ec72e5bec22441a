package io.upper;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers that have to be told one. They are below those that Linux gives to clients: no
 * connection takes the port before the server does, and none connects to itself.
 */
public final class FreePort {
  // Above them are those that `upper check` gives to servers.
  private static final int FIRST = 10_000;
  private static final int LAST = 20_000;

  private FreePort() {}

  /** A port that is free now, over TCP and UDP. */
  public static int find() {
    return ofSuccessive(1);
  }

  /** The first of several in a row. */
  public static int ofSuccessive(int count) {
    while (true) {
      int first = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      int free = 0;
      while (free < count && isFree(first + free)) {
        free++;
      }
      if (free == count) {
        return first;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket tcp = new ServerSocket(port);
        DatagramSocket udp = new DatagramSocket(port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
