package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.upper.cluster.ClusterObserver.Retry;
import io.upper.cluster.JobReply.Outcome;
import io.upper.job.Job;
import io.upper.server.LogLines;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A gateway with nodes on the event bus of one process. */
@Timeout(120)
class GatewayTest {
  private static final byte[] NOTHING = {};
  private static final ServiceText UPPERCASE =
      ServiceText.of(ConfiguredService.of(new Uppercase()));

  @RegisterExtension final LogLines log = new LogLines("io.upper.cluster", Level.DEBUG);

  private final BusAddresses addresses = new BusAddresses("test");
  private final Proof proof = new Proof("test", "secret");
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private Vertx vertx;
  private Gateway gateway;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
    gateway = new Gateway(vertx, addresses, proof, null, member -> "192.0.2.7:5701");
    gateway.observe(
        new ClusterObserver() {
          @Override
          public void nodes(int nodes) {
            events.add("nodes " + nodes);
          }

          @Override
          public void retried(Retry reason) {
            events.add("retried " + reason.word());
          }

          @Override
          public void dropped() {
            events.add("dropped");
          }
        });
    gateway.start().await();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private void await(String event) throws InterruptedException {
    String next = "";
    while (next != null && !next.equals(event)) {
      next = events.poll(30, TimeUnit.SECONDS);
    }
    assertNotNull(next, () -> "no " + event + " in the log: " + log);
  }

  private JobNode node(String name, String secret) {
    JobNode node = new JobNode(vertx, addresses, new Proof("test", secret), name, () -> name, 2);
    node.start().await();
    return node;
  }

  private FakeNode fake(String name) {
    return new FakeNode(vertx, addresses, proof, name);
  }

  private CompletableFuture<JobReply> ask(byte[] held, byte[] request) {
    return ask(UPPERCASE, held, request);
  }

  private CompletableFuture<JobReply> ask(ServiceText service, byte[] held, byte[] request) {
    CompletableFuture<JobReply> reply = new CompletableFuture<>();
    gateway.submit(
        new Errand(
            Job.NONE,
            false,
            service,
            held,
            request,
            new Errand.Client() {
              @Override
              public void replied(JobReply given, String node) {
                assertTrue(reply.complete(given), "answered twice");
              }

              @Override
              public void failed(Throwable cause) {
                reply.completeExceptionally(cause);
              }
            }));
    return reply;
  }

  private CompletableFuture<String> ask(String text) {
    return ask(NOTHING, bytes(text)).thenApply(GatewayTest::text);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(JobReply reply) {
    return new String(reply.bytes(), StandardCharsets.UTF_8);
  }

  private static <T> T get(CompletableFuture<T> reply) throws Exception {
    return reply.get(30, TimeUnit.SECONDS);
  }

  @Test
  void requestsWaitForTheFirstNode() throws Exception {
    assertEquals("no job node", gateway.obstacle());
    CompletableFuture<String> reply = ask("straße");
    log.await("no job node: requests wait");
    node("a", "secret");
    assertEquals("STRASSE", get(reply));
    assertNull(gateway.obstacle());
    log.await("requests go on");
  }

  /** The two halves of a character, each at another node. */
  @Test
  void anyNodeContinuesWhatAnotherHasBegun() throws Exception {
    byte[] text = bytes("ñ");
    JobNode first = node("a", "secret");
    await("nodes 1");
    JobReply half = get(ask(NOTHING, Arrays.copyOf(text, 1)));
    assertEquals("", text(half));
    first.stop().await();
    await("nodes 0");
    node("b", "secret");
    await("nodes 1");
    JobReply whole = get(ask(half.held(), Arrays.copyOfRange(text, 1, 2)));
    assertEquals("Ñ", text(whole));
    assertEquals(0, whole.held().length);
  }

  @Test
  void theFirstReplyCounts() throws Exception {
    FakeNode slow = fake("slow");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = slow.next();
    slow.fallSilent();
    await("retried heartbeat");
    FakeNode other = fake("other");
    other.reply(other.next(), "first");
    assertEquals("first", get(reply));
    slow.reply(job, "second");
    await("dropped");
  }

  /** It was only slow, and nobody else has done the job. */
  @Test
  void aSilentNodeMayStillAnswer() throws Exception {
    FakeNode slow = fake("slow");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = slow.next();
    slow.fallSilent();
    await("retried heartbeat");
    slow.reply(job, "late");
    assertEquals("late", get(reply));
  }

  @Test
  void aLateJobGoesToAnotherNodeToo() throws Exception {
    FakeNode late = fake("late");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    assertNotNull(late.next());
    node("a", "secret");
    await("retried late");
    assertEquals("X", get(reply));
  }

  @Test
  void jobsOfARemovedMemberGoToOthers() throws Exception {
    FakeNode dying = fake("dying");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    assertNotNull(dying.next());
    node("a", "secret");
    await("nodes 2");
    dying.fallSilent();
    gateway.memberRemoved("dying");
    await("retried member");
    assertEquals("X", get(reply));
  }

  /** Two jobs for each of its two workers; the fifth waits. */
  @Test
  void aNodeHasNoMoreJobsThanCredits() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    List<CompletableFuture<String>> replies =
        IntStream.range(0, 5).mapToObj(i -> ask("x" + i)).toList();
    JobMessage first = node.next();
    for (int i = 1; i < 4; i++) {
      assertNotNull(node.next());
    }
    assertTrue(node.isIdle());
    node.reply(first, "one");
    assertEquals("one", get(replies.get(0)));
    assertEquals("x4", new String(node.next().request(), StandardCharsets.UTF_8));
  }

  @Test
  void aLeavingNodeGetsNoMoreJobsButMayAnswer() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = node.next();
    node.leave();
    await("nodes 0");
    CompletableFuture<String> other = ask("y");
    node.reply(job, "done");
    assertEquals("done", get(reply));
    assertTrue(node.isIdle());
    node("b", "secret");
    assertEquals("Y", get(other));
  }

  /** It finishes what it has. */
  @Test
  void aNodeThatLeavesAnswersFirst() throws Exception {
    JobNode node = node("a", "secret");
    await("nodes 1");
    List<CompletableFuture<String>> replies =
        IntStream.range(0, 4).mapToObj(i -> ask("x" + i)).toList();
    node.leave(Duration.ofSeconds(30)).await();
    for (int i = 0; i < 4; i++) {
      assertEquals("X" + i, get(replies.get(i)));
    }
  }

  @Test
  void bothSidesSayThatTheirSecretsDiffer() throws Exception {
    node("stranger", "another");
    assertTrue(log.await("job node stranger at 192.0.2.7:5701 gets no job").contains("secret"));
    assertTrue(log.await("a gateway gives this node no jobs").contains("cluster.secret"));
    assertEquals("no job node", gateway.obstacle());
    assertTrue(log.lines().stream().noneMatch(line -> line.contains("another\"")));
  }

  @Test
  void aReplyWithoutTheTokenIsDropped() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = node.next();
    node.reply(job, new byte[Proof.LENGTH], Outcome.DONE, "forged");
    log.await("a reply in the name of");
    node.reply(job, "true");
    assertEquals("true", get(reply));
  }

  @Test
  void aNodeThatRefusesIsAskedNoMore() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = node.next();
    node.fallSilent();
    node.reply(job, job.token(), Outcome.REFUSED, "");
    await("retried refused");
    node("b", "secret");
    assertEquals("X", get(reply));
  }

  /** The refusal of one job must not cost the replies to the others. */
  @Test
  void aNodeThatRefusesAJobStillAnswersOthers() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    JobMessage job = node.next();
    CompletableFuture<String> other = ask("y");
    JobMessage refused = node.next();
    node.reply(refused, refused.token(), Outcome.REFUSED, "");
    await("retried refused");
    await("nodes 1"); // It has proved its secret again: jobs have another token now.
    node.reply(job, "done");
    assertEquals("done", get(reply));
    node.reply(node.next(), "again");
    assertEquals("again", get(other));
  }

  /** All its jobs, not only the one that could not be written. */
  @Test
  void jobsOfANodeThatCannotBeReachedGoToOthers() throws Exception {
    FakeNode node = fake("a");
    await("nodes 1");
    CompletableFuture<String> reply = ask("x");
    assertNotNull(node.next());
    node.vanish();
    CompletableFuture<String> other = ask("y");
    await("retried write");
    await("retried heartbeat");
    node("b", "secret");
    assertEquals("X", get(reply));
    assertEquals("Y", get(other));
  }

  /** It was stopped while it was challenged, so it answers twice. */
  @Test
  void aNodeThatAnswersLateIsNotAStranger() throws Exception {
    new FakeNode(vertx, addresses, proof, "a", true).answerTwice();
    await("nodes 1");
    assertTrue(log.lines().stream().noneMatch(line -> line.contains("gets no job")));
  }

  @Test
  void aRequestThatNoNodeAnswersIsGivenUp() throws Exception {
    CompletableFuture<String> reply = ask("x");
    for (int i = 0; i < 8; i++) {
      FakeNode node = fake("mortal " + i);
      assertNotNull(node.next());
      node.fallSilent();
      gateway.memberRemoved("mortal " + i);
    }
    ExecutionException given = assertThrows(ExecutionException.class, () -> get(reply));
    assertEquals("no job node has answered, of 8 tried", given.getCause().getMessage());
  }

  @Test
  void damagedMessagesAreDropped() throws Exception {
    JobNode node = node("a", "secret");
    await("nodes 1");
    for (Object damaged :
        new Object[] {Buffer.buffer("x"), new JsonObject(), new JsonObject().put("type", 1), "x"}) {
      vertx.eventBus().send(addresses.node(node.id()), damaged);
      vertx.eventBus().publish(addresses.heartbeats(), new JsonObject().put("node", "x"));
    }
    assertEquals("X", get(ask("x")));
  }

  /** Without the gateway's token. */
  @Test
  void aStrangersJobIsRefused() throws Exception {
    JobNode node = node("a", "secret");
    await("nodes 1");
    CompletableFuture<JobReply> reply = new CompletableFuture<>();
    vertx
        .eventBus()
        .<Buffer>consumer(
            addresses.gateway("stranger"),
            message -> reply.complete(JobReply.decode(message.body())));
    JobMessage job =
        new JobMessage(
            1,
            "stranger",
            new byte[Proof.LENGTH],
            Job.NONE,
            false,
            UPPERCASE.word(),
            UPPERCASE.settings(),
            NOTHING,
            bytes("x"));
    vertx.eventBus().send(addresses.node(node.id()), job.encode());
    assertEquals(Outcome.REFUSED, get(reply).outcome());
  }

  /** A member of the bus without the secret, in the name of a gateway. */
  @Test
  void aStrangerEndsNoSession() throws Exception {
    FakeNode listener = fake("listener");
    await("nodes 1");
    CompletableFuture<String> first = ask("x");
    JobMessage job = listener.next();
    listener.reply(job, "done");
    assertEquals("done", get(first));
    listener.leave();
    await("nodes 0");
    JobNode node = node("a", "secret");
    await("nodes 1");
    JsonObject forged = new JsonObject().put("gateway", job.gateway()).put("number", "1");
    vertx.eventBus().send(addresses.node(node.id()), forged.copy().put("type", "challenge"));
    vertx.eventBus().send(addresses.node(node.id()), forged.copy().put("type", "welcome"));
    log.await("a welcome in the name of a gateway is dropped");
    assertEquals("X", get(ask("x")));
    assertFalse(events.contains("retried refused"), () -> events.toString());
  }

  @Test
  void aServiceThatTheNodeLacksFailsTheRequest() throws Exception {
    node("a", "secret");
    CompletableFuture<JobReply> reply = ask(new ServiceText("lacking", "{}"), NOTHING, bytes("x"));
    ExecutionException failed = assertThrows(ExecutionException.class, () -> get(reply));
    assertTrue(failed.getCause().getMessage().contains("lacking is not one of"));
  }
}
