package io.upper.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Bounds what each source may ask of a datagram service: a token bucket for every address, or for
 * every /64 network of IPv6, since a single host has the whole of one. Thread-safe.
 *
 * <p>The memory is fixed: {@value #SETS} sets of {@value #WAYS} sources each. A new source takes
 * the place of the one in its set whose bucket is nearest to full, so it is never punished for what
 * others do. Which set a source belongs to is secret, so nobody can be driven out on purpose. Many
 * forged sources are not bounded by this, each gets its burst: {@code maxPending} is for them.
 *
 * <p>A bucket is one number, by the generic cell rate algorithm (ITU-T I.371, annex A): the instant
 * at which it would be full again.
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
  // In nanoseconds since the start; 0, for a bucket that was never used, is full.
  private final long[] fullAt = new long[SETS * WAYS];
  private final Object[] locks = new Object[LOCKS];

  /**
   * @param perSecond requests that a source may send in the long run, 1 or more
   * @param burst requests that it may send at once, 1 or more
   * @param nanoTime now, by the clock of {@link #admits}
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
   * Takes a token from a source's bucket, if there is one.
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

  /** The place of a source in its set; if it has none, it takes one. */
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
