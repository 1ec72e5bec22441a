package io.upper.check.cases;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.DatagramPeer;
import io.upper.check.Framing;
import io.upper.check.Level;
import io.upper.check.Peer;
import io.upper.check.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * All cases, in the order in which they run: first what every client needs, last what hurts.
 * Between the groups a case asks whether the server still serves.
 */
public final class Cases {
  /** Those of TCP. */
  public static final List<CheckCase> TCP = tcp();

  /** Those of UDP. */
  public static final List<CheckCase> UDP = udp();

  /** Those of TLS: its own, and those of TCP that TLS can spoil. */
  public static final List<CheckCase> TLS = tls();

  /** All of them. */
  public static final List<CheckCase> ALL = Stream.of(TCP, UDP, TLS).flatMap(List::stream).toList();

  private Cases() {}

  /** Those of {@code tcp}, {@code udp} or {@code tls}. */
  public static List<CheckCase> of(String protocol) {
    return switch (protocol) {
      case "udp" -> UDP;
      case "tls" -> TLS;
      default -> TCP;
    };
  }

  private static List<CheckCase> tcp() {
    List<CheckCase> all = new ArrayList<>();
    all.add(serves("at-start", Level.BASIC));
    add(all, "basic", BasicCases.ALL);
    add(all, "stream", StreamCases.ALL);
    add(all, "end", EndCases.ALL);
    all.addAll(CutCases.ALL);
    add(all, "text", TextCases.ALL);
    add(all, "many", ManyCases.ALL);
    add(all, "resets", ResetCases.ALL);
    add(all, "pressure", PressureCases.ALL);
    add(all, "life", LifeCases.ALL);
    add(all, "abuse", AbuseCases.ALL);
    return List.copyOf(all);
  }

  private static List<CheckCase> tls() {
    List<CheckCase> all = new ArrayList<>();
    all.add(serves("tls/serves/at-start", "A client gets a reply.", Level.BASIC, Cases::ask));
    overTls(all, "tcp/basic/", "tcp/stream/", "tcp/end/reply", "tcp/end/fin", "tcp/end/bulk");
    all.addAll(RecordCases.ALL);
    overTls(
        all,
        "tcp/text/cut-2",
        "tcp/text/cut-4",
        "tcp/many/ten",
        "tcp/many/cross",
        "tcp/many/stalled");
    all.addAll(HandshakeCases.ALL);
    overTls(all, "tcp/end/reset", "tcp/pressure/never-reads", "tcp/pressure/reads-on");
    all.add(
        serves(
            "tls/serves/at-end",
            "A client still gets a reply after all of that.",
            Level.BASIC,
            Cases::ask));
    return List.copyOf(all);
  }

  /** Cases of TCP whose clients speak TLS. */
  private static void overTls(List<CheckCase> all, String... prefixes) {
    TCP.stream()
        .filter(check -> Stream.of(prefixes).anyMatch(check.id()::startsWith))
        .map(check -> check.over("tls", check.lesson().isEmpty() ? "" : "tls-server"))
        .forEach(all::add);
  }

  private static List<CheckCase> udp() {
    List<CheckCase> all = new ArrayList<>();
    all.add(serves("udp/serves/at-start", "A client gets a reply.", Level.BASIC, Cases::send));
    all.addAll(UdpCases.ALL);
    all.add(
        serves(
            "udp/serves/at-end",
            "A client still gets a reply after all of that.",
            Level.BASIC,
            Cases::send));
    return List.copyOf(all);
  }

  private static void add(List<CheckCase> all, String name, List<CheckCase> group) {
    all.addAll(group);
    all.add(serves("after-" + name, group.get(group.size() - 1).level()));
  }

  private static CheckCase serves(String name, Level level) {
    String sentence =
        name.equals("at-start")
            ? "A client gets a reply."
            : "A client still gets a reply "
                + name.replace('-', ' ').replace("after", "after the group")
                + ".";
    return serves("tcp/serves/" + name, sentence, level, Cases::ask);
  }

  private static CheckCase serves(String id, String sentence, Level level, CheckCase.Body body) {
    return new CheckCase(
        id,
        Requirement.MUST,
        level,
        sentence,
        "An error of one client ends the server, or the loop that serves all of them.",
        "A server that one client can stop serves nobody.",
        id.startsWith("udp/") ? "udp-server" : id.startsWith("tls/") ? "tls-server" : "tcp-select",
        id.startsWith("udp/") ? "io.upper.server.DatagramReplies" : "io.upper.server.Session",
        Cost.requests(1),
        Cost.requests(1),
        body);
  }

  /** Asks whether it still serves. */
  static void ask(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.connect();
    attempt.say(peer, attempt.word());
    if (attempt.traits().framing() == Framing.END) {
      peer.end();
    }
    // A wrong one is for the other cases to grade.
    attempt.anyReply(peer);
  }

  private static void send(Attempt attempt) throws CheckFailure {
    DatagramPeer peer = attempt.datagrams().client();
    attempt.datagrams().say(peer, attempt.word());
    attempt.datagrams().anyReply(peer);
  }
}
