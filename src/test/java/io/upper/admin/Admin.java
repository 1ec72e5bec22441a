package io.upper.admin;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client of the admin port. */
public record Admin(int port) {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 20;
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  public HttpResponse<String> ask(String method, String path)
      throws IOException, InterruptedException {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(PATIENCE)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Status and text: {@code 200 ready}. */
  public String health(String which) throws IOException, InterruptedException {
    HttpResponse<String> response = ask("GET", "/health/" + which);
    return response.statusCode() + " " + response.body().strip();
  }

  public void awaitReady(String health) throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (!health("ready").equals(health)) {
      pause(start, "not " + health);
    }
  }

  /** The names of all metrics. */
  public Set<String> names() throws IOException, InterruptedException {
    return found("(?m)^# TYPE (\\w+) ");
  }

  /** The reasons for rejecting something, over all metrics. */
  Set<String> reasons() throws IOException, InterruptedException {
    return found("reason=\"([^\"]+)\"");
  }

  private Set<String> found(String pattern) throws IOException, InterruptedException {
    Set<String> found = new TreeSet<>();
    Matcher matcher = Pattern.compile(pattern).matcher(metrics());
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  /** The sum of a metric over all label sets that contain {@code label}; -1 if there is none. */
  public double sum(String name, String label) throws IOException, InterruptedException {
    Matcher sample = Pattern.compile("(?m)^" + name + "(\\{.*})? (\\S+)$").matcher(metrics());
    double sum = -1;
    while (sample.find()) {
      if (String.valueOf(sample.group(1)).contains(label)) {
        sum = Math.max(sum, 0) + Double.parseDouble(sample.group(2));
      }
    }
    return sum;
  }

  public void await(String name, String label, DoublePredicate right)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (double sum = sum(name, label); !right.test(sum); sum = sum(name, label)) {
      pause(start, name + " is " + sum);
    }
  }

  private String metrics() throws IOException, InterruptedException {
    return ask("GET", "/metrics").body();
  }

  /** Polls, since HTTP offers no event to wait for. */
  private static void pause(long start, String otherwise) throws InterruptedException {
    if (System.nanoTime() - start > PATIENCE.toNanos()) {
      fail(otherwise);
    }
    Thread.sleep(POLL_MILLIS);
  }
}
