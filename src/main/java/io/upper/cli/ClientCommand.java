package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.client.UpperClient;
import io.vertx.core.Vertx;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code upper client}: sends each line of standard input and prints its reply, like the Python
 * clients.
 */
@Command(
    name = "client",
    description = "Send each line of standard input; print its reply.",
    sortOptions = false)
public final class ClientCommand implements Callable<Integer> {

  @Mixin private ClientOptions options;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = {
        "UDP: how long to await a reply before the request is sent again, twice.",
        "TCP, TLS: how long to await the connection (default: ${DEFAULT-VALUE})."
      },
      defaultValue = "" + ClientSettings.DEFAULT_TIMEOUT_SECONDS)
  private int timeoutSeconds;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    options.require("--timeout", timeoutSeconds, 3_600);
    ClientSettings settings = options.settings(timeoutSeconds);
    Vertx vertx = Vertx.vertx();
    try {
      UpperClient client = UpperClient.open(vertx, settings).await();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // An empty line is no request: a stream cannot carry it, nor would its reply be seen.
        if (!line.isEmpty()) {
          System.out.println("Reply is '" + client.ask(line).await() + "'");
        }
      }
      client.close().await();
      return 0;
    } finally {
      vertx.close().await();
    }
  }
}
