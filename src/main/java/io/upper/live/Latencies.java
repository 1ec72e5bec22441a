package io.upper.live;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The times of the requests of one second, from sending to the reply, or what of that is known:
 * those of a demonstration client as it has measured them, others within the server. Any thread may
 * add; one thread takes.
 */
final class Latencies {
  private static final int CAPACITY = 4_096;

  private final AtomicLongArray nanos = new AtomicLongArray(CAPACITY);
  private final AtomicInteger count = new AtomicInteger();

  void add(long latency) {
    int index = count.getAndIncrement();
    if (index < CAPACITY) {
      nanos.set(index, latency);
    } else {
      count.set(CAPACITY);
    }
  }

  /**
   * The 99th percentile of those added since the last call, by the nearest rank, in nanoseconds; -1
   * if there are none. One that is added meanwhile may be lost.
   */
  long takePercentile99() {
    int size = Math.min(count.get(), CAPACITY);
    long[] all = new long[size];
    for (int i = 0; i < size; i++) {
      all[i] = nanos.get(i);
    }
    count.set(0);
    Arrays.sort(all);
    return size == 0 ? -1 : all[(int) Math.ceil(size * 0.99) - 1];
  }
}
