package io.upper.cluster;

import io.upper.cluster.JobReply.Outcome;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A node with the right secret that does with its jobs what a test wants. */
final class FakeNode {
  private static final int WORKERS = 2;

  private final BlockingQueue<JobMessage> jobs = new LinkedBlockingQueue<>();
  private final Vertx vertx;
  private final BusAddresses addresses;
  private final Proof proof;
  private final String name;
  private Proof.Exchange exchange;
  private volatile boolean leaving;
  private final MessageConsumer<Object> inbox;
  private final long timer;
  // Its answers to challenges; null if they are sent at once.
  private final BlockingQueue<Runnable> heldAnswers;

  FakeNode(Vertx vertx, BusAddresses addresses, Proof proof, String name) {
    this(vertx, addresses, proof, name, false);
  }

  /**
   * @param slow whether it answers no challenge before {@link #answerTwice}
   */
  FakeNode(Vertx vertx, BusAddresses addresses, Proof proof, String name, boolean slow) {
    this.heldAnswers = slow ? new LinkedBlockingQueue<>() : null;
    this.vertx = vertx;
    this.addresses = addresses;
    this.proof = proof;
    this.name = name;
    inbox = vertx.eventBus().consumer(addresses.node(name), message -> received(message.body()));
    timer = vertx.setPeriodic(Heartbeat.PERIOD_MILLIS, id -> beat());
  }

  private void beat() {
    Heartbeat heartbeat = new Heartbeat(name, name, name, WORKERS, jobs.size(), leaving);
    vertx.eventBus().publish(addresses.heartbeats(), heartbeat.encode());
  }

  private void received(Object body) {
    if (body instanceof Buffer buffer) {
      jobs.add(JobMessage.decode(buffer));
    } else if (body instanceof JsonObject json && json.getString("type").equals("challenge")) {
      String gateway = json.getString("gateway");
      exchange = new Proof.Exchange(gateway, name, json.getString("number"), Proof.number());
      JsonObject answer =
          new JsonObject()
              .put("node", name)
              .put("challenge", exchange.gatewayNumber())
              .put("number", exchange.nodeNumber())
              .put("proof", proof.ofNode(exchange));
      if (heldAnswers == null) {
        send(gateway, answer);
      } else {
        heldAnswers.add(() -> send(gateway, answer));
      }
    }
  }

  private void send(String gateway, Object message) {
    vertx.eventBus().send(addresses.gateway(gateway), message);
  }

  /** Its next job, within half a minute. */
  JobMessage next() throws InterruptedException {
    return jobs.poll(30, TimeUnit.SECONDS);
  }

  boolean isIdle() {
    return jobs.isEmpty();
  }

  void reply(JobMessage job, String text) {
    reply(job, job.token(), Outcome.DONE, text);
  }

  void reply(JobMessage job, byte[] token, Outcome outcome, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    send(job.gateway(), new JobReply(job.id(), token, outcome, 0, new byte[0], bytes).encode());
  }

  void leave() {
    leaving = true;
    beat();
  }

  /** Says nothing any more. */
  void fallSilent() {
    vertx.cancelTimer(timer);
  }

  /** Says nothing any more, and nothing reaches it. */
  void vanish() {
    fallSilent();
    inbox.unregister().await();
  }

  /** Sends its answers to the first two challenges, once it has both. */
  void answerTwice() throws InterruptedException {
    List<Runnable> answers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      answers.add(heldAnswers.poll(30, TimeUnit.SECONDS));
    }
    answers.forEach(Runnable::run);
  }
}
