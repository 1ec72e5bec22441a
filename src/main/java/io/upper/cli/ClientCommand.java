package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.client.TrafficListener;
import io.upper.client.UpperClient;
import io.upper.config.Protocol;
import io.upper.jvm.TemporaryFiles;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code upper client}: sends each line of standard input and prints its reply, like the Python
 * clients.
 */
@Command(
    name = "client",
    preprocessor = UnixTarget.class,
    description = "Send each line of standard input; print its reply.",
    sortOptions = false)
public final class ClientCommand implements Callable<Integer> {

  @Mixin private ClientOptions options;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "Timeout of connecting, of the TLS handshake and of each reply; over UDP "
              + "the request is then sent again, up to twice (default: ${DEFAULT-VALUE}).",
      defaultValue = "" + ClientSettings.DEFAULT_TIMEOUT_SECONDS)
  private int timeoutSeconds;

  @Mixin private Verbosity verbosity;

  @Override
  public Integer call() throws Exception {
    options.require("--timeout", timeoutSeconds, 3_600);
    ClientSettings settings = options.settings(timeoutSeconds);
    // Warnings about a slow event loop would not help the user of a client.
    Vertx vertx =
        Vertx.vertx(
            TemporaryFiles.withoutCache(
                new VertxOptions()
                    .setEventLoopPoolSize(1)
                    .setMaxEventLoopExecuteTime(1)
                    .setMaxEventLoopExecuteTimeUnit(TimeUnit.HOURS)));
    try {
      TrafficListener listener =
          verbosity.isVerbose() ? new TrafficTrace(System.err) : TrafficListener.NONE;
      UpperClient client = UpperClient.open(vertx, settings, listener).await();
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // An empty request exists as a datagram only.
        if (!line.isEmpty() || settings.protocol() == Protocol.UDP) {
          System.out.println("Reply is '" + client.ask(line).await() + "'");
        }
        if (System.out.checkError()) {
          break; // nobody reads the replies; Main reports it
        }
      }
      client.close().await();
      return 0;
    } finally {
      vertx.close().await();
    }
  }
}
