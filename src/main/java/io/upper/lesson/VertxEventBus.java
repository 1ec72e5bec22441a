package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.List;
import java.util.Locale;

/**
 * The service without sockets: a consumer at the address {@code upper.text} of the {@link EventBus}
 * replies to messages. Its instances receive messages in turn; another verticle sends them.
 *
 * <pre>
 * printf 'hello\nworld\n' | ./upper lesson vertx-event-bus
 * </pre>
 *
 * <p><b>Python:</b> none
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>Messages for slow consumers queue in memory without bound: {@code io.upper.server.Session}
 *       reads nothing from a client while its request is in flight.
 *   <li>If a consumer does not reply, the request fails after thirty seconds without the cause:
 *       {@code io.upper.model.Conversation} reports the cause at once.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxClusterGateway}
 */
public final class VertxEventBus extends VerticleBase {
  private static final String ADDRESS = "upper.text";

  @Override
  public Future<?> start() {
    return vertx
        .eventBus()
        .<String>consumer(ADDRESS, message -> message.reply(upper(message.body())))
        .completion();
  }

  private static String upper(String text) {
    System.out.println(Thread.currentThread().getName() + " has a message");
    return text.toUpperCase(Locale.ROOT);
  }

  /** Sends each line of standard input; its start completes with the last reply. */
  private static final class Asker extends VerticleBase {
    private final List<String> lines =
        new BufferedReader(new InputStreamReader(System.in, UTF_8)).lines().toList();

    @Override
    public Future<?> start() {
      return Future.all(lines.stream().map(this::ask).toList());
    }

    private Future<?> ask(String line) {
      return vertx
          .eventBus()
          .<String>request(ADDRESS, line)
          .onSuccess(reply -> System.out.println("Reply is '" + reply.body() + "'"));
    }
  }

  public static void main(String[] args) {
    Vertx vertx = Vertx.vertx();
    try {
      vertx.deployVerticle(VertxEventBus::new, new DeploymentOptions().setInstances(2)).await();
      vertx.deployVerticle(new Asker()).await();
    } finally {
      vertx.close().await();
    }
  }
}
