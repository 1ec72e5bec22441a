package io.upper.cluster;

import io.upper.cluster.JobReply.Outcome;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
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
  private final long timer;

  FakeNode(Vertx vertx, BusAddresses addresses, Proof proof, String name) {
    this.vertx = vertx;
    this.addresses = addresses;
    this.proof = proof;
    this.name = name;
    vertx.eventBus().consumer(addresses.node(name), message -> received(message.body()));
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
      send(
          gateway,
          new JsonObject()
              .put("node", name)
              .put("number", exchange.nodeNumber())
              .put("proof", proof.ofNode(exchange)));
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
}
