package io.upper.live;

import io.upper.text.Word;
import java.util.regex.Pattern;

/**
 * A worker: what serves requests, one lane of the picture.
 *
 * @param id its number, from 1
 * @param name the name of its thread, or {@code process} and its pid
 */
record Lane(int id, String name, Kind kind) {

  /** What a worker is. */
  enum Kind implements Word {
    LOOP,
    THREAD,
    PROCESS,
    /** A thread of a server process. */
    SERVER
  }

  private static final Pattern SERVER_PROCESS = Pattern.compile("process \\d+/.+");
  private static final String LOOP_PREFIX = "vert.x-eventloop-thread-";
  private static final String PROCESS_PREFIX = "process ";

  /** What the names of a server process's workers begin with: {@code process 2/}. */
  static String serverProcess(int number) {
    return PROCESS_PREFIX + number + "/";
  }

  /** The kind of a worker, by its name. */
  static Kind kind(String worker) {
    if (SERVER_PROCESS.matcher(worker).matches()) {
      return Kind.SERVER;
    }
    if (worker.startsWith(PROCESS_PREFIX)) {
      return Kind.PROCESS;
    }
    return worker.startsWith(LOOP_PREFIX) ? Kind.LOOP : Kind.THREAD;
  }

  /** The process of a lane of kind {@link Kind#PROCESS}. */
  long pid() {
    return Long.parseLong(name.substring(PROCESS_PREFIX.length()));
  }
}
