package io.upper.lab;

import java.time.Duration;
import java.util.List;

/**
 * The load on one model.
 *
 * @param name what is run: the model's word, or {@code processes: 4}
 * @param workers who can serve at once: {@code 1 event loop}, {@code 20 threads}
 * @param predicted what arithmetic says the load takes; null when it says nothing (a job that
 *     computes)
 * @param arithmetic how that comes about, a sentence: {@code 40 requests of 100 ms, one at a time}
 * @param wall from the first request sent to the last reply
 * @param requests every request answered, by client and number
 * @param unanswered requests that got no right reply
 * @param cpu processor time of the server and its child processes during the load
 * @param resident memory of the server and its child processes at the load's end, in bytes
 * @param failure why it came to nothing, in a line; null when it did not. Then all else but the
 *     name is null, empty or 0
 */
public record ModelRun(
    String name,
    String workers,
    Duration predicted,
    String arithmetic,
    Duration wall,
    List<ServedRequest> requests,
    int unanswered,
    Duration cpu,
    long resident,
    String failure) {}
