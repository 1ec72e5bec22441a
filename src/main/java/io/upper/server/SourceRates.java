package io.upper.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Limits the request rate of each source of datagrams: a token bucket per IPv4 address or IPv6 /64
 * network, which a single host has to itself. Thread-safe.
 *
 * <p>The memory is fixed: {@value #SETS} sets of {@value #WAYS} sources each. A new source evicts
 * the one in its set whose bucket is nearest to full, so it is never punished for others. The hash
 * is seeded, so nobody can evict a chosen source. It does not limit many forged sources, each of
 * which gets its burst: {@code maxPending} does.
 *
 * <p>A bucket is one number, by the generic cell rate algorithm (ITU-T I.371, annex A): the instant
 * at which it is full again.
 */
final class SourceRates {
  private static final int SETS = 1 << 14;
  private static final int WAYS = 4;
  private static final int LOCKS = 64;

  private final long nanosPerRequest;
  private final long burstNanos;
  private final long start;
  private final long seed = ThreadLocalRandom.current().nextLong();
  private final long[] sources = new long[SETS * WAYS];
  // Nanoseconds since the start; an unused bucket has 0, so it is full.
  private final long[] fullAt = new long[SETS * WAYS];
  private final Object[] locks = new Object[LOCKS];

  /**
   * @param perSecond requests per second of a source on average, at least 1
   * @param burst requests that it may send at once, at least 1
   * @param nanoTime now ({@link System#nanoTime})
   */
  SourceRates(int perSecond, int burst, long nanoTime) {
    nanosPerRequest = Math.max(1, 1_000_000_000L / perSecond);
    burstNanos = burst * nanosPerRequest;
    start = nanoTime;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new Object();
    }
  }

  /**
   * Takes a token from a source's bucket; false if it is empty.
   *
   * @param nanoTime now ({@link System#nanoTime})
   */
  boolean admits(InetAddress source, long nanoTime) {
    long key = key(source);
    long now = nanoTime - start;
    int set = (int) (mixed(key ^ seed) >>> 32) & (SETS - 1);
    synchronized (locks[set & (LOCKS - 1)]) {
      int place = place(set * WAYS, key);
      long full = Math.max(fullAt[place], now) + nanosPerRequest;
      if (full - now > burstNanos) {
        return false;
      }
      fullAt[place] = full;
      return true;
    }
  }

  /** The slot of a source in its set; a new source takes the fullest one. */
  private int place(int first, long key) {
    int fullest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (sources[i] == key) {
        return i;
      }
      if (fullAt[i] < fullAt[fullest]) {
        fullest = i;
      }
    }
    sources[fullest] = key;
    fullAt[fullest] = 0;
    return fullest;
  }

  private static long key(InetAddress source) {
    ByteBuffer address = ByteBuffer.wrap(source.getAddress());
    return source instanceof Inet6Address ? address.getLong() : address.getInt() & 0xffffffffL;
  }

  /** Every bit of the result depends on every bit of {@code x} (the finalizer of SplitMix64). */
  private static long mixed(long x) {
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
