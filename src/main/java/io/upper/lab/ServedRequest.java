package io.upper.lab;

/**
 * One request of a run. Times are nanoseconds since the run's first request was sent.
 *
 * @param client its client, from 0
 * @param number its place among the client's requests, from 0
 * @param sent when the client sent it
 * @param started when the server began to work on it: until then it waited
 * @param ended when the server had its reply
 * @param answered when the client had it
 * @param worker who served it: a thread or a process, {@code vert.x-eventloop-thread-1}; with
 *     several server processes, {@code process 2/vert.x-eventloop-thread-1}
 */
public record ServedRequest(
    int client, int number, long sent, long started, long ended, long answered, String worker) {}
