package io.upper.check.report;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Cases that Upper's own servers pass in one run and fail, or skip, in another, although nothing
 * was changed. A document that said one of the two would be wrong every other day.
 */
final class Varying {
  /**
   * How a case ends depends on the machine or on chance.
   *
   * @param server as a matrix names it, {@code tcp-select}; a pattern
   * @param ids of the cases; a pattern
   * @param why in words, for a document
   */
  record Rule(Pattern server, Pattern ids, String why) {
    boolean fits(String name, String id) {
      return server.matcher(name).matches() && ids.matcher(id).matches();
    }
  }

  private static final String PROCESSES =
      "how many processes start in the time of a case depends on the machine";

  private static final String CLOSES =
      "Vert.x closes the connection at the client's end, and the reply may be faster";

  static final List<Rule> RULES =
      List.of(
          rule(".*", "tcp/life/answers-in-flight", "it runs only where a request takes 100 ms"),
          rule("udp-process", "udp/many/.*|udp/serves/at-end", PROCESSES),
          rule(
              "tcp-process",
              "tcp/(many|pressure|life)/.*|tcp/serves/after-.*|tcp/end/.*resets?.*"
                  + "|tcp/end/unread-replies",
              PROCESSES),
          rule("process-per-connection", "tcp/many/(200-idle|burst-of-100|100-in-turn)", PROCESSES),
          rule(
              "tcp-process",
              "tcp/text/(cut-by-buffer|utf-8-byte-by-byte)",
              "which bytes the process reads together depends on the machine"),
          rule(
              "tcp-prefork",
              "tcp/many/(cut-characters-apart|stalled-client|200-idle|beside-bulk)"
                  + "|tcp/pressure/never-reads|tcp/life/descriptors",
              "how many clients it serves at once depends on the process that the kernel chooses"),
          rule(
              "netty-tcp|vertx-tcp",
              "tcp/pressure/memory",
              "how much is sent in the time of the case depends on the machine"),
          rule(
              "vertx-(worker|streams|cluster-gateway)",
              "tcp/end/(bulk-and-fin|reply-after-fin|fin-in-flight)"
                  + "|tcp/text/half-a-character-at-the-end",
              CLOSES));

  private Varying() {}

  private static Rule rule(String server, String ids, String why) {
    return new Rule(Pattern.compile(server), Pattern.compile(ids), why);
  }

  /** Whether the outcome varies. */
  static boolean is(String server, String id) {
    return RULES.stream().anyMatch(rule -> rule.fits(server, id));
  }
}
