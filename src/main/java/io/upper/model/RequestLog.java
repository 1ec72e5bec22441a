package io.upper.model;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logger {@code upper.requests}: at level DEBUG it logs which worker served each request. Its
 * arguments, for programs that listen, are the client, the bytes, the worker, and the microseconds
 * that the request waited in the server and that the work took.
 */
public final class RequestLog {
  private static final Logger REQUESTS = LoggerFactory.getLogger("upper.requests");

  private RequestLog() {}

  /** The log as an observer, or null if it is off. */
  public static RequestObserver ifEnabled() {
    return REQUESTS.isDebugEnabled() ? RequestLog::served : null;
  }

  private static void served(
      String client, String worker, int bytes, long arrived, long started, long ended) {
    REQUESTS.debug(
        "served client={} bytes={} by={} waited={}us worked={}us",
        client,
        bytes,
        worker,
        (started - arrived) / 1_000,
        (ended - started) / 1_000);
  }
}
