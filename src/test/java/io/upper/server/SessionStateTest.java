package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.upper.config.Protocol;
import io.upper.job.Job;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.RequestHandler;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Random sequences of events: a session makes only the transitions of {@link SessionState}, answers
 * every request that it accepted, calls no handler after cancel, and ends.
 */
class SessionStateTest {
  private static final int RUNS = 3_000;
  private static final int MAX_STEPS = 40;
  private static final Duration DRAIN = Duration.ofSeconds(4);
  private static final JsonObject CONFIG =
      new JsonObject().put("idleTimeoutSeconds", 6).put("maxWaitMillis", 3_000);

  private static Vertx vertx;

  // Quiet on the console, with thousands of connections.
  private final ListAppender<ILoggingEvent> ends = new ListAppender<>();
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close();
  }

  @BeforeEach
  void listen() {
    listen("upper.access", ends, Level.INFO);
    listen("io.upper.server", lines, Level.INFO);
  }

  private static void listen(String name, ListAppender<ILoggingEvent> appender, Level level) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    logger.setLevel(level);
    logger.setAdditive(false);
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void restore() {
    listenNoMore("upper.access", ends, Level.OFF);
    listenNoMore("io.upper.server", lines, null);
  }

  private static void listenNoMore(String name, ListAppender<ILoggingEvent> appender, Level level) {
    Logger logger = (Logger) LoggerFactory.getLogger(name);
    logger.detachAppender(appender);
    logger.setAdditive(true);
    logger.setLevel(level);
  }

  @Test
  void randomEventsNeverBreakASession() {
    long seed = Long.getLong("test.seed", System.nanoTime());
    for (int run = 0; run < RUNS; run++) {
      Story story = new Story(seed + run);
      try {
        story.play();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("-Dtest.seed=" + (seed + run) + " " + story.steps, e);
      }
    }
  }

  @Test
  void anIllegalTransitionClosesTheConnection() {
    Story story = new Story(1);
    assertThrows(IllegalStateException.class, () -> story.session.become(SessionState.LINGERING));
    story.connection.run();
    assertTrue(story.connection.isClosed());
    assertEquals(1, story.model.cancelled);
    assertEquals("failed: OPEN does not lead to LINGERING", story.end());
    story.connection.release();
  }

  @Test
  void aModelThatThrowsBeforeItSeesTheRequestLeaksNoBuffer() {
    ConcurrencyModel undecided =
        new ConcurrencyModel() {
          @Override
          public RequestHandler handle(Conversation conversation) {
            return new Echo(new Random(1)).handle(conversation);
          }

          @Override
          public boolean answersWithinCall(Job job) {
            throw new IllegalStateException("undecided");
          }
        };
    FakeConnection connection = new FakeConnection(vertx, CONFIG, "undecided");
    Function<Context, ServerGroup> groups =
        ServerGroup.ofDeployment(Protocol.TCP, settings -> undecided);
    ServerGroup group = groups.apply(connection.context()).join();
    Session session =
        new Session(connection.socket(), connection.context(), group, new SessionSweep(vertx));
    session.start();
    List<ByteBuf> requests = new ArrayList<>();
    connection
        .socket()
        .channelHandlerContext()
        .pipeline()
        .addFirst(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext context, Object message) {
                requests.add((ByteBuf) message);
                context.fireChannelRead(message);
              }
            });
    connection.send(new byte[] {'a'});
    connection.run();
    assertEquals(List.of(0), requests.stream().map(ByteBuf::refCnt).toList());
    connection.release();
  }

  /** One connection, from start to end. */
  private final class Story {
    private final Random random;
    private final List<String> steps = new ArrayList<>();
    private final FakeConnection connection;
    private final Echo model;
    private final ServerGroup group;
    private final Session session;
    private final int firstEnd = ends.list.size();
    private final int firstLine = lines.list.size();
    private byte sent;
    private boolean halfClosed;
    private boolean drains;
    private boolean resets;

    Story(long seed) {
      random = new Random(seed);
      connection = new FakeConnection(vertx, CONFIG, "story " + seed);
      model = new Echo(random);
      group =
          ServerGroup.ofDeployment(Protocol.TCP, settings -> model)
              .apply(connection.context())
              .join();
      session =
          new Session(
              connection.socket(),
              connection.context(),
              group,
              new SessionSweep(connection.context().owner()));
      session.start();
      connection.run();
    }

    void play() {
      int length = random.nextInt(MAX_STEPS);
      for (int i = 0; i < length && !connection.isClosed(); i++) {
        step();
        check();
      }
      steps.add("finale");
      connection.setReads(true);
      while (model.isAsked() && !connection.isClosed()) {
        model.work(false);
        connection.run();
      }
      // At most the drain, the idle timeout and the lingering close, in seconds.
      for (int second = 0; second < 20 && !connection.isClosed(); second++) {
        model.work(false);
        connection.pass(1_000);
        check();
      }
      assertTrue(connection.isClosed(), "it has not ended");
      assertEquals(1, model.cancelled, "cancelled");
      checkEnd();
      assertTrue(group.leave().succeeded());
      connection.release();
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> {
          if (!halfClosed) {
            byte[] bytes = new byte[1 + random.nextInt(20)];
            for (int i = 0; i < bytes.length; i++) {
              bytes[i] = sent++;
            }
            steps.add("send " + bytes.length);
            model.allSent.writeBytes(bytes);
            connection.send(bytes);
          }
        }
        case 3, 4, 5 -> {
          boolean fail = random.nextInt(20) == 0;
          steps.add(fail ? "fail" : "work");
          model.work(fail);
          connection.run();
        }
        case 6 -> {
          boolean reads = random.nextBoolean();
          steps.add(reads ? "client reads" : "client does not read");
          connection.setReads(reads);
        }
        case 7 -> {
          if (random.nextInt(3) == 0) {
            steps.add("half-close");
            halfClosed = true;
            connection.halfClose();
          }
        }
        case 8 -> {
          if (!drains && random.nextInt(3) == 0) {
            steps.add("drain");
            drains = true;
            connection.shutDown(DRAIN);
          }
        }
        case 9 -> {
          if (random.nextInt(8) == 0) {
            steps.add("reset");
            resets = true;
            connection.reset();
          }
        }
        default -> {
          int millis = random.nextInt(8) == 0 ? 4_000 : random.nextInt(700);
          steps.add("pass " + millis);
          connection.pass(millis);
        }
      }
    }

    private void check() {
      assertNull(connection.failure, () -> "thrown: " + connection.failure);
      assertNull(model.wrong, model.wrong);
      byte[] received = connection.received();
      byte[] promised = model.promised.toByteArray();
      assertTrue(received.length <= promised.length, "a reply that no handler gave");
      assertArrayEquals(Arrays.copyOf(promised, received.length), received, "order of replies");
      for (ILoggingEvent line : lines.list.subList(firstLine, lines.list.size())) {
        assertFalse(line.getFormattedMessage().contains("does not lead to"), line::toString);
      }
    }

    /** After an orderly end everything is answered, and the client has received it. */
    private void checkEnd() {
      String end = end();
      steps.add(end);
      if (connection.isCutOff() || resets) {
        return; // Its client did not read in time, or threw away what the kernel had taken.
      }
      if (end.equals("client closed") || end.equals("drained")) {
        assertArrayEquals(model.promised.toByteArray(), connection.received(), "lost replies");
        assertArrayEquals(model.asked.toByteArray(), connection.received(), "unanswered");
      }
      if (end.equals("client closed")) {
        assertArrayEquals(model.allSent.toByteArray(), connection.received(), "unread");
      }
    }

    /** The reason for the end, from the access log. */
    private String end() {
      List<ILoggingEvent> mine = ends.list.subList(firstEnd, ends.list.size());
      assertEquals(1, mine.size(), "closed once");
      return mine.get(0).getKeyValuePairs().stream()
          .filter(pair -> pair.key.equals("end"))
          .map(pair -> (String) pair.value)
          .findFirst()
          .orElseThrow();
    }
  }

  /** Echoes the requests, within the call or later, and sometimes fails. */
  private static final class Echo implements ConcurrencyModel, RequestHandler {
    private final Random random;
    private final boolean withinCall;
    private final boolean waits;
    private final ByteArrayOutputStream allSent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream asked = new ByteArrayOutputStream();
    private final ByteArrayOutputStream promised = new ByteArrayOutputStream();
    private Conversation client;
    private ByteBuffer request;
    private boolean ending;
    private int cancelled;
    private boolean over;
    private String wrong;

    Echo(Random random) {
      this.random = random;
      this.withinCall = random.nextBoolean();
      this.waits = random.nextInt(4) == 0;
    }

    @Override
    public RequestHandler handle(Conversation conversation) {
      client = conversation;
      return this;
    }

    @Override
    public boolean answersWithinCall(Job job) {
      return withinCall;
    }

    private void called(String method, boolean legal) {
      if (cancelled > 0 || !legal) {
        wrong = method + (cancelled > 0 ? " after cancel" : " out of turn");
      }
    }

    @Override
    public void request(ByteBuffer bytes) {
      called("request", request == null && !ending);
      byte[] copy = new byte[bytes.remaining()];
      bytes.duplicate().get(copy);
      asked.writeBytes(copy);
      request = bytes;
      if (random.nextInt(200) == 0) {
        over = true;
        throw new IllegalStateException("thrown");
      }
      if (withinCall || random.nextInt(4) == 0) {
        work(false);
      }
    }

    @Override
    public void end() {
      called("end", request == null && !ending);
      ending = true;
      if (withinCall) {
        work(false);
      }
    }

    @Override
    public boolean isWaiting() {
      called("isWaiting", true);
      return waits && request != null;
    }

    @Override
    public void cancel() {
      called("cancel", true);
      cancelled++;
    }

    boolean isAsked() {
      return request != null;
    }

    /** Does the pending work; the client may be gone. */
    void work(boolean fail) {
      if (fail) {
        over = true;
        client.fail(new IllegalStateException("failed"));
      } else if (request != null) {
        ByteBuffer reply = request;
        request = null;
        if (cancelled == 0 && !over) {
          byte[] copy = new byte[reply.remaining()];
          reply.duplicate().get(copy);
          promised.writeBytes(copy);
        }
        client.reply(reply);
        client.next();
      } else if (ending) {
        ending = false;
        over = true;
        client.finish();
      }
    }
  }
}
