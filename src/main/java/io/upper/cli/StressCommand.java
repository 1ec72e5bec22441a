package io.upper.cli;

import io.upper.stress.RequestListener;
import io.upper.stress.Shape;
import io.upper.stress.StressResult;
import io.upper.stress.StressRun;
import io.upper.stress.StressSettings;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code upper stress}: puts a load on a server and reports what came of it. */
@Command(
    name = "stress",
    description = "Put a load on a server; check and time every reply.",
    sortOptions = false)
public final class StressCommand implements Callable<Integer> {
  @Mixin private ClientOptions client;

  @Parameters(index = "3", paramLabel = "CLIENTS", description = "How many clients.")
  private int clients;

  @Option(names = "--requests", defaultValue = "8")
  private int requests;

  @Option(names = "--rate", defaultValue = "0")
  private double rate;

  @Option(names = "--duration")
  private Integer seconds;

  @Option(names = "--shape", defaultValue = "NORMAL")
  private Shape shape;

  @Override
  public Integer call() throws Exception {
    Vertx vertx = Vertx.builder().with(new VertxOptions().setPreferNativeTransport(true)).build();
    StressSettings settings =
        new StressSettings(
            client.settings(),
            clients,
            seconds == null ? requests : 0,
            seconds == null ? null : Duration.ofSeconds(seconds),
            StressSettings.WORDS,
            1,
            false,
            Duration.ZERO,
            rate,
            false,
            Duration.ZERO,
            Duration.ofSeconds(10),
            shape,
            2);
    StressRun run = new StressRun(vertx, settings, RequestListener.NONE);
    StressResult result = run.run().await();
    vertx.close().await();
    System.out.println(
        result.faults()
            + " sent "
            + result.sent()
            + " answered "
            + result.answered()
            + " in "
            + result.elapsed()
            + " rate "
            + result.throughput()
            + " planned "
            + result.planned()
            + " missed "
            + result.missed()
            + " cpu "
            + result.generatorCpu());
    result
        .times()
        .forEach(
            (phase, h) ->
                System.out.println(
                    phase
                        + " "
                        + h.getTotalCount()
                        + " p50 "
                        + h.getValueAtPercentile(50) / 1000
                        + " us p99 "
                        + h.getValueAtPercentile(99) / 1000
                        + " max "
                        + h.getMaxValue() / 1000));
    List.copyOf(result.seconds()).forEach(System.out::println);
    System.out.println("failure " + run.connectFailure());
    System.out.println("Clients never served: " + result.neverServed());
    return 0;
  }
}
