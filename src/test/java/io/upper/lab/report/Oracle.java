package io.upper.lab.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.lab.LabResult;
import io.upper.lab.ModelRun;
import io.upper.lab.ServedRequest;
import io.upper.report.RoundedTimes;
import io.upper.report.Units;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reckons every number of every sentence about a run once more, from its requests alone and in
 * another way than the report does: what is said must be what is true.
 */
final class Oracle {
  private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?) (ns|µs|ms|s)\\b");

  private final ModelRun run;
  private final LabResult result;
  private final List<ServedRequest> all;
  // The letters, by who began first.
  private final List<String> workers;

  private Oracle(ModelRun run, LabResult result) {
    this.run = run;
    this.result = result;
    this.all = run.requests();
    this.workers =
        all.stream()
            .sorted((a, b) -> Long.compare(a.started(), b.started()))
            .map(ServedRequest::worker)
            .distinct()
            .toList();
  }

  /** Checks all that is said of the runs of a session. */
  static void check(LabResult result) {
    for (ModelRun run : result.runs()) {
      if (run.failure() == null && !run.requests().isEmpty()) {
        new Oracle(run, result).check();
      }
    }
  }

  private void check() {
    List<String> sentences =
        new Findings(run, result.load(), result.provenance().processors()).sentences();
    List<String> unknown = new ArrayList<>(sentences);
    unknown.removeIf(this::isTrue);
    assertEquals(List.of(), unknown, run.name() + ": of an unknown kind");
    rows();
  }

  /** Whether it is of a kind that is known here; fails if it is not true. */
  private boolean isTrue(String said) {
    return unanswered(said)
        || service(said)
        || idle(said)
        || starts(said)
        || waiting(said)
        || shares(said)
        || done(said)
        || deviation(said);
  }

  private boolean unanswered(String said) {
    Matcher m = match("(\\S+) requests? got no right reply\\.", said);
    return m != null
        && same(
            said,
            Units.count((long) result.load().clients() * result.load().requests() - all.size()),
            m.group(1));
  }

  private boolean service(String said) {
    // At the moments when somebody begins.
    long peak =
        all.stream()
            .mapToLong(
                now ->
                    all.stream()
                        .filter(r -> r.started() <= now.started() && now.started() < r.ended())
                        .count())
            .max()
            .orElse(0);
    Matcher one =
        match(
            "A served one request at a time, (\\S+) in all, and was at work for (.+) of the (.+)\\.",
            said);
    if (one != null) {
      long work = all.stream().mapToLong(r -> r.ended() - r.started()).sum();
      assertTrue(peak <= 1 && workers.size() == 1, said);
      near(said, work, one.group(2), run.wall().toNanos());
      return same(said, Units.count(all.size()), one.group(1))
          && same(said, Units.time(run.wall()), one.group(3));
    }
    Matcher alone = match("A alone served up to (\\S+) requests at once\\.", said);
    if (alone != null) {
      assertEquals(1, workers.size(), said);
      return same(said, Units.count(peak), alone.group(1));
    }
    Matcher many =
        match("(One request at a time was|Up to .+ were) served(?: at once)?, by (.+)\\.", said);
    if (many == null) {
      return false;
    }
    int count = workers.size();
    return same(
            said,
            peak <= 1 ? "One request at a time was" : "Up to " + peak + " requests were",
            many.group(1).replace(",", ""))
        && same(
            said,
            count == 1
                ? "A"
                : count == 2
                    ? "A and B"
                    : Units.count(count) + " workers (A to " + letter(count - 1) + ")",
            many.group(2));
  }

  private boolean idle(String said) {
    Matcher m = match("(\\d+) of the (\\d+) processes served nobody: .*", said);
    if (m == null) {
      return false;
    }
    Set<String> busy =
        workers.stream().map(w -> w.replaceAll("/.*", "")).collect(Collectors.toSet());
    return same(said, "processes: " + m.group(2), run.name())
        && same(said, "" + (Integer.parseInt(m.group(2)) - busy.size()), m.group(1));
  }

  private boolean starts(String said) {
    Matcher m =
        match(
            "(\\S+) process(?:es)? (?:was|were) started: that took (.+) on average, (.+) at most\\.",
            said);
    if (m == null) {
      return false;
    }
    long[] starts =
        all.stream().mapToLong(r -> r.started() - r.assigned()).filter(t -> t > 0).toArray();
    double sum = 0;
    long most = 0;
    for (long start : starts) {
      sum += start;
      most = Math.max(most, start);
    }
    return same(said, Units.count(starts.length), m.group(1))
        && same(said, Units.time(sum / starts.length), m.group(2))
        && same(said, Units.time(most), m.group(3));
  }

  private boolean waiting(String said) {
    Matcher nobody =
        match("Nobody( of those drawn)? waited long: (.+) at most \\(client (\\d+)\\)\\.", said);
    Matcher somebody =
        match(
            "Client (\\d+) waited longest( of those drawn)?: (.+?) with its request (\\d+), (.*)\\.",
            said);
    if (nobody != null) {
      long longest = longest(nobody.group(1) != null);
      assertTrue(
          all.stream()
              .anyMatch(r -> r.client() == number(nobody, 3) && r.assigned() - r.sent() == longest),
          said);
      return same(said, Units.time(longest), nobody.group(2));
    }
    if (somebody == null) {
      return false;
    }
    ServedRequest late = request(number(somebody, 1), number(somebody, 4));
    assertEquals(longest(somebody.group(2) != null), late.assigned() - late.sent(), said);
    same(said, Units.time(late.assigned() - late.sent()), somebody.group(3));
    cause(said, late, somebody.group(5));
    return true;
  }

  /** Of all, or of those that the picture shows: the first requests of 40 clients at most. */
  private long longest(boolean drawn) {
    int clients = Math.min(40, result.load().clients());
    int requests = drawn ? Math.min(30, 600 / clients) : Integer.MAX_VALUE;
    return all.stream()
        .filter(r -> r.number() < requests)
        .mapToLong(r -> r.assigned() - r.sent())
        .max()
        .orElseThrow();
  }

  private void cause(String said, ServedRequest late, String cause) {
    String letter = letter(workers.indexOf(late.worker()));
    List<ServedRequest> meanwhile =
        all.stream()
            .filter(r -> r.worker().equals(late.worker()) && r != late)
            .filter(r -> r.ended() > late.sent() && r.ended() <= late.assigned())
            .toList();
    long lastEnd = meanwhile.stream().mapToLong(ServedRequest::ended).max().orElse(-1);
    Matcher others = match("while (\\w+) served (\\d+) others, client (\\d+) last", cause);
    Matcher one = match("while (\\w+) served client (\\d+)", cause);
    Matcher after =
        match("until (\\w+) began, after (\\w+) had served request (\\d+) of client (\\d+)", cause);
    Matcher first = match("until (\\w+) began, which had served nobody before", cause);
    Matcher free = match("although (\\w+) (?:was serving nobody|serves several at once)", cause);
    if (others != null || one != null) {
      Matcher m = others == null ? one : others;
      int last = number(m, others == null ? 2 : 3);
      assertEquals(others == null ? 1 : Integer.parseInt(others.group(2)), meanwhile.size(), said);
      assertTrue(
          meanwhile.stream().anyMatch(r -> r.client() == last && r.ended() == lastEnd), said);
      same(said, letter, m.group(1));
    } else if (after != null) {
      ServedRequest before = request(number(after, 4), number(after, 3));
      same(said, letter, after.group(1));
      same(said, letter(workers.indexOf(before.worker())), after.group(2));
      assertTrue(before.ended() > late.sent() && before.ended() <= late.assigned(), said);
      assertTrue(
          all.stream().noneMatch(r -> r.ended() > before.ended() && r.ended() <= late.assigned()),
          said);
    } else if (first != null) {
      same(said, letter, first.group(1));
      assertTrue(
          all.stream()
              .noneMatch(r -> r.worker().equals(late.worker()) && r.started() < late.started()),
          said);
    } else {
      assertTrue(free != null, said);
      same(said, letter, free.group(1));
      assertTrue(cause.contains("several") || meanwhile.isEmpty(), said);
    }
  }

  private boolean shares(String said) {
    Map<Integer, Set<String>> ofClient =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    ServedRequest::client,
                    Collectors.mapping(ServedRequest::worker, Collectors.toSet())));
    Map<String, Set<Integer>> ofWorker =
        all.stream()
            .collect(
                Collectors.groupingBy(
                    ServedRequest::worker,
                    Collectors.mapping(ServedRequest::client, Collectors.toSet())));
    boolean kept = ofClient.values().stream().allMatch(set -> set.size() == 1);
    if (said.equals("Each client had a worker of its own.")) {
      assertTrue(kept && ofWorker.values().stream().allMatch(set -> set.size() == 1), said);
      return true;
    }
    if (said.equals("Each request had a worker of its own.")) {
      assertEquals(all.size(), ofWorker.size(), said);
      return true;
    }
    Matcher turns =
        match("The workers took turns: the requests of client (\\d+) were served by (.+)\\.", said);
    if (turns != null) {
      Set<String> his = ofClient.get(number(turns, 1));
      List<String> letters =
          workers.stream().filter(his::contains).map(w -> letter(workers.indexOf(w))).toList();
      String listed = turns.group(2);
      Matcher more = match("(.*) and (\\d+) more", listed);
      List<String> named = List.of((more == null ? listed : more.group(1)).split(", | and "));
      assertEquals(letters.subList(0, named.size()), named, said);
      assertEquals(
          letters.size(),
          named.size() + (more == null ? 0 : Integer.parseInt(more.group(2))),
          said);
      assertTrue(ofClient.values().stream().allMatch(other -> other.size() <= his.size()), said);
      return true;
    }
    Matcher begin = match("Each client (kept to its worker|made one request); (.*)", said);
    if (begin == null) {
      return false;
    }
    assertTrue(kept, said);
    assertEquals(
        begin.group(1).startsWith("made"), all.stream().allMatch(r -> r.number() == 0), said);
    Matcher even = match("each worker had (\\d+) clients?\\.", begin.group(2));
    if (even != null) {
      int each = Integer.parseInt(even.group(1));
      assertTrue(ofWorker.values().stream().allMatch(set -> set.size() == each), said);
      return true;
    }
    Matcher uneven =
        match(
            "they were dealt unevenly: (\\w+) had (\\d+) clients?, done after (.+), (\\w+) had (\\d+)"
                + " clients?, done after (.+)\\.",
            begin.group(2));
    int most = ofWorker.values().stream().mapToInt(Set::size).max().orElseThrow();
    int least = ofWorker.values().stream().mapToInt(Set::size).min().orElseThrow();
    assertTrue(most > least, said);
    assertEquals(most, Integer.parseInt(uneven.group(2)), said);
    assertEquals(least, Integer.parseInt(uneven.group(5)), said);
    for (int group : new int[] {1, 4}) {
      String worker =
          workers.stream()
              .filter(w -> letter(workers.indexOf(w)).equals(uneven.group(group)))
              .findFirst()
              .orElseThrow();
      assertEquals(uneven.group(group + 1), "" + ofWorker.get(worker).size(), said);
      long done =
          all.stream()
              .filter(r -> ofWorker.get(worker).contains(r.client()))
              .mapToLong(ServedRequest::answered)
              .max()
              .orElseThrow();
      same(said, Units.time(done), uneven.group(group + 2));
    }
    return true;
  }

  private boolean done(String said) {
    TreeMap<Integer, Long> done = new TreeMap<>();
    all.forEach(r -> done.merge(r.client(), r.answered(), Math::max));
    long first = done.values().stream().min(Long::compare).orElseThrow();
    long last = done.values().stream().max(Long::compare).orElseThrow();
    Matcher together = match("All clients were done at about the same time, after (.+)\\.", said);
    if (together != null) {
      assertTrue(first >= 0.95 * last, said);
      return same(said, Units.time(last), together.group(1));
    }
    Matcher m =
        match("Client (\\d+) was done first, after (.+), client (\\d+) last, after (.+)\\.", said);
    if (m == null) {
      return false;
    }
    assertTrue(first < 0.95 * last, said);
    assertEquals(first, done.get(number(m, 1)), said);
    assertEquals(last, done.get(number(m, 3)), said);
    return same(said, Units.time(first), m.group(2)) && same(said, Units.time(last), m.group(4));
  }

  private boolean deviation(String said) {
    Matcher less = match("It took (.+), less than the (.+) predicted: (.*)", said);
    if (less != null) {
      assertTrue(run.wall().toNanos() < 0.75 * run.predicted().toNanos(), said);
      same(said, Units.time(run.predicted()), less.group(2));
      return same(said, Units.time(run.wall()), less.group(1))
          && service(Character.toUpperCase(less.group(3).charAt(0)) + less.group(3).substring(1));
    }
    Matcher m =
        match(
            "It took (.+?), (\\S+) times the (.+?) predicted\\. Client (\\d+), done last: (.*) ="
                + " ([^;]*?)(;.*)?\\.",
            said);
    if (m == null) {
      return false;
    }
    double ratio = (double) run.wall().toNanos() / run.predicted().toNanos();
    assertTrue(ratio > 1.25, said);
    same(said, Units.time(run.wall()), m.group(1));
    assertEquals(ratio, Double.parseDouble(m.group(2).replace(",", "")), 0.5, said);
    same(said, Units.time(run.predicted()), m.group(3));
    int client = number(m, 4);
    long end = all.stream().mapToLong(ServedRequest::answered).max().orElseThrow();
    assertTrue(all.stream().anyMatch(r -> r.client() == client && r.answered() == end), said);
    same(said, Units.time(end), m.group(6));
    BigDecimal sum = BigDecimal.ZERO;
    for (String part : m.group(5).split(" \\+ ")) {
      sum = sum.add(value(part));
      long truth =
          switch (part.replaceAll(" [\\d.]+ \\S+$", "")) {
            case "waiting" -> sum(client, r -> r.assigned() - r.sent());
            case "start of its process" -> sum(client, r -> r.started() - r.assigned());
            case "being served" -> sum(client, r -> r.ended() - r.started());
            default -> end - sum(client, r -> r.ended() - r.sent());
          };
      near(said, truth, part, end);
    }
    assertEquals(0, sum.compareTo(value(m.group(6))), said);
    extras(said, m.group(7) == null ? "" : m.group(7));
    return true;
  }

  private void extras(String said, String extras) {
    int processors = result.provenance().processors();
    for (String extra : extras.split("; ")) {
      Matcher starts = match("(\\d+) process(?:es)? started on (\\d+) processors?", extra);
      Matcher slow = match("serving took (.+) on average, the job is (\\d+) ms", extra);
      Matcher used = match("the server used (\\S+) of (\\d+) processors?", extra);
      if (starts != null) {
        long count = all.stream().filter(r -> r.started() > r.assigned()).count();
        same(said, count + " " + processors, starts.group(1) + " " + starts.group(2));
      } else if (slow != null) {
        double sum = all.stream().mapToLong(r -> r.ended() - r.started()).sum();
        same(said, Units.time(sum / all.size()), slow.group(1));
        same(said, "" + result.load().job().millis(), slow.group(2));
      } else if (used != null) {
        double share = (double) run.cpu().toNanos() / run.wall().toNanos();
        assertEquals(share, Double.parseDouble(used.group(1)), 0.051, said);
        same(said, "" + processors, used.group(2));
      } else {
        assertEquals("", extra, said);
      }
    }
  }

  /** In the figures and the tips of the picture, too, the parts are the whole. */
  private void rows() {
    RunPicture picture = new RunPicture(run, result.load());
    Sentences sentences = new Sentences(all, new Workers(all), RoundedTimes.upTo(picture.end(), 4));
    for (ServedRequest request : picture.excerpt().of(all)) {
      tells(request, sentences.of(request), picture.end());
    }
    List<List<String>> rows = picture.rows();
    for (List<String> row : rows.subList(1, rows.size())) {
      BigDecimal parts = BigDecimal.ZERO;
      for (String part : row.subList(3, row.size() - 2)) {
        parts = parts.add(value(part));
      }
      assertEquals(0, parts.compareTo(value(row.get(row.size() - 2))), row::toString);
      ServedRequest request =
          request(Integer.parseInt(row.get(0)) - 1, Integer.parseInt(row.get(1)) - 1);
      near(row.toString(), request.sent(), row.get(2), picture.end());
      near(row.toString(), request.assigned() - request.sent(), row.get(3), picture.end());
      near(row.toString(), request.latency(), row.get(row.size() - 2), picture.end());
    }
  }

  /** The sentence of a bar; its times are the whole, too. */
  private void tells(ServedRequest r, String said, long longest) {
    Matcher m =
        match(
            "Client (\\d+), request (\\d+): (?:did not wait|waited (\\S+ \\S+?)( .+?)?)"
                + "(?:, had its process started in (\\S+ \\S+))?"
                + ", was served for (\\S+ \\S+) by ([A-Z]+) \\((.+)\\)"
                + " and had its reply (?:at once|(\\S+ \\S+) later): (\\S+ \\S+) in all\\.",
            said);
    assertTrue(m != null, said);
    same(said, (r.client() + 1) + "/" + (r.number() + 1), m.group(1) + "/" + m.group(2));
    long[] truths = {r.waited(), r.starting(), r.served(), r.answered() - r.ended()};
    int[] groups = {3, 5, 6, 9};
    BigDecimal sum = BigDecimal.ZERO;
    for (int i = 0; i < groups.length; i++) {
      String part = m.group(groups[i]);
      near(said, truths[i], part == null ? "0 ns" : part, longest);
      sum = sum.add(part == null ? BigDecimal.ZERO : value(part));
    }
    assertEquals(0, sum.compareTo(value(m.group(10))), said);
    near(said, r.latency(), m.group(10), longest);
    same(said, letter(workers.indexOf(r.worker())), m.group(7));
    String loop = r.worker().replace("vert.x-eventloop-thread-", "event loop ");
    same(said, loop.replace("/", ", "), m.group(8));
    if (m.group(3) != null) {
      waitedFor(r, said, m.group(4) == null ? "" : m.group(4));
    }
  }

  private void waitedFor(ServedRequest late, String said, String cause) {
    List<ServedRequest> meanwhile =
        all.stream()
            .filter(r -> r != late && r.ended() > late.sent() && r.ended() <= late.assigned())
            .toList();
    List<ServedRequest> same =
        meanwhile.stream().filter(r -> r.worker().equals(late.worker())).toList();
    Matcher behind = match(" behind client (\\d+)(?: and (\\S+) other requests?)?", cause);
    Matcher after = match(" until ([A-Z]+) began after ([A-Z]+) had served client (\\d+)", cause);
    if (behind != null) {
      last(said, number(behind, 1), same);
      String others = behind.group(2) == null ? "0" : behind.group(2);
      same(said, Units.count(same.size() - 1L), others);
    } else if (after != null) {
      last(said, number(after, 3), meanwhile);
      assertEquals(List.of(), same, said);
    } else if (isShared(late.worker())) {
      assertTrue(cause.isEmpty() || cause.contains("serves several at once"), said);
    } else {
      assertEquals(List.of(), same, said);
    }
    if (cause.isEmpty()) {
      long[] work = all.stream().mapToLong(ServedRequest::served).sorted().toArray();
      assertTrue(late.waited() <= 0.1 * work[work.length / 2], said);
    }
  }

  private boolean isShared(String worker) {
    List<ServedRequest> own = all.stream().filter(r -> r.worker().equals(worker)).toList();
    return own.stream()
        .anyMatch(
            r ->
                own.stream()
                    .anyMatch(
                        s -> s != r && s.started() <= r.started() && r.started() < s.ended()));
  }

  /** Of these requests one that ended last is of that client. */
  private static void last(String said, int client, List<ServedRequest> requests) {
    long end = requests.stream().mapToLong(ServedRequest::ended).max().orElse(-1);
    assertTrue(requests.stream().anyMatch(r -> r.client() == client && r.ended() == end), said);
  }

  private long sum(int client, ToLongFunction<ServedRequest> time) {
    return all.stream().filter(r -> r.client() == client).mapToLong(time).sum();
  }

  private ServedRequest request(int client, int number) {
    return all.stream()
        .filter(r -> r.client() == client && r.number() == number)
        .findFirst()
        .orElseThrow();
  }

  /** What is printed differs from the truth by less than a step: a thousandth of the longest. */
  private static void near(String said, long truth, String printed, long longest) {
    double nanos = value(printed).doubleValue();
    assertEquals(truth, nanos, Math.max(1, longest / 99.0), said + ": " + printed);
  }

  /** The last time in it, in nanoseconds. */
  private static BigDecimal value(String text) {
    Matcher time = TIME.matcher(text);
    BigDecimal value = null;
    while (time.find()) {
      int power = List.of("ns", "µs", "ms", "s").indexOf(time.group(2)) * 3;
      value = new BigDecimal(time.group(1)).scaleByPowerOfTen(power);
    }
    assertTrue(value != null, text);
    return value;
  }

  private static boolean same(String said, String truth, String printed) {
    assertEquals(truth, printed, said);
    return true;
  }

  private static Matcher match(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    return matcher.matches() ? matcher : null;
  }

  private static int number(Matcher matcher, int group) {
    return Integer.parseInt(matcher.group(group)) - 1;
  }

  private static String letter(int number) {
    String last = String.valueOf((char) ('A' + number % 26));
    return number < 26 ? last : letter(number / 26 - 1) + last;
  }
}
