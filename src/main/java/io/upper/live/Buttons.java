package io.upper.live;

import io.upper.config.Configuration;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * What the buttons of the page do. Changes go the way of a changed configuration file, one after
 * the other, and last until that file changes. Used on the event loop of the page.
 */
final class Buttons {
  static final int MAX_INSTANCES = 16;
  private static final int MAX_JOB_MILLIS = 10_000;

  private final Vertx vertx;
  private final ShownServers servers;
  private final DemonstrationClients clients;
  private final TcpServer tcp;
  private final Runnable clientsChanged;
  private final Mischief mischief;

  /**
   * @param clientsChanged called when their number has changed
   */
  Buttons(
      Vertx vertx,
      ShownServers servers,
      DemonstrationClients clients,
      TcpServer tcp,
      Runnable clientsChanged,
      Mischief mischief) {
    this.vertx = vertx;
    this.servers = servers;
    this.clients = clients;
    this.tcp = tcp;
    this.clientsChanged = clientsChanged;
    this.mischief = mischief;
  }

  /**
   * Presses a button.
   *
   * @param body its parameters
   * @return completes with a sentence on what was done; fails with a {@link Refusal}
   */
  Future<String> press(String name, JsonObject body) {
    try {
      return switch (name) {
        case "model" -> model(text(body, "model"));
        case "instances" -> instances(integer(body, "instances", 1, MAX_INSTANCES));
        case "job" -> job(text(body, "job"));
        case "clients" -> clients(integer(body, "clients", 0, DemonstrationClients.MAX));
        case "block" ->
            Future.succeededFuture(
                mischief.block(integer(body, "seconds", 1, Mischief.MAX_BLOCK_SECONDS)));
        case "unread" -> blocking(mischief::sendWithoutReading);
        case "reset" -> {
          int connections = integer(body, "connections", 1, Mischief.MAX_RESETS);
          yield blocking(() -> mischief.reset(connections));
        }
        case "kill" -> {
          int lane = integer(body, "lane", 1, Integer.MAX_VALUE);
          yield blocking(() -> mischief.kill(lane));
        }
        default -> throw Refusal.wrong("there is no button " + name);
      };
    } catch (Refusal e) {
      return Future.failedFuture(e);
    }
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }

  private Future<String> model(String model) {
    return change(document -> ofServers(document, "model", model), "model: " + model);
  }

  private Future<String> instances(int instances) {
    return change(
        document -> ofServers(document, "instances", instances), "instances: " + instances);
  }

  private Future<String> job(String text) {
    return change(
        document -> {
          // Here, since to read a spinning job may block for a moment.
          Job job = Job.parse(text).orElseThrow(() -> noJob(text));
          if (job.millis() > MAX_JOB_MILLIS) {
            throw Refusal.wrong("job: " + text + " takes more than " + MAX_JOB_MILLIS + " ms");
          }
          document.put(
              "job", new JsonObject().put("kind", job.kind().word()).put("millis", job.millis()));
        },
        "job: " + text);
  }

  private static Refusal noJob(String text) {
    return Refusal.wrong("job: " + text + " is not a job such as sleep:200ms, spin:50ms or none");
  }

  private Future<String> clients(int count) {
    clients.set(count);
    clientsChanged.run();
    String missing = count > 0 ? tcp.missing() : null;
    return Future.succeededFuture(
        "demonstration clients: " + count + (missing == null ? "" : "; but " + missing));
  }

  private static void ofServers(JsonObject document, String setting, Object value) {
    for (Protocol protocol : Protocol.values()) {
      document.getJsonObject(protocol.word()).put(setting, value);
    }
  }

  /** Ordered: each change starts from the result of the one before. */
  private Future<String> change(Consumer<JsonObject> edit, String done) {
    return vertx.executeBlocking(
        () -> {
          JsonObject document = servers.configuration().json().copy();
          edit.accept(document);
          try {
            servers.apply(Configuration.of(document));
          } catch (ConfigurationException e) {
            throw Refusal.wrong(e.getMessage());
          }
          return done;
        },
        true);
  }

  private static String text(JsonObject body, String key) {
    if (body.getValue(key) instanceof String text) {
      return text;
    }
    throw Refusal.wrong(key + ": a text is missing");
  }

  private static int integer(JsonObject body, String key, int min, int max) {
    if (body.getValue(key) instanceof Integer number && number >= min && number <= max) {
      return number;
    }
    throw Refusal.wrong(key + ": " + body.getValue(key) + " is not in " + min + ".." + max);
  }
}
