package io.upper.stress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits of the generator are distinguished from faults of the server. */
@Timeout(180)
@Tag("one-jdk")
class GeneratorLimitsTest {
  private static final int REQUESTS = 20_000;

  /** The event loop sleeps while more replies arrive than its socket's buffer holds. */
  @Test
  void repliesDroppedByThisMachineDoNotCountAsLost() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/net/udp")), "only Linux tells");
    CountDownLatch replied = new CountDownLatch(1);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setBlockedThreadCheckInterval(60_000));
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      server.setReceiveBufferSize(8 << 20);
      CompletableFuture<Integer> held = CompletableFuture.supplyAsync(() -> hold(server, replied));
      RequestListener sleeper =
          (client, local, number, planned, sent, ended) -> {
            if (number == 0) {
              await(replied);
            }
          };
      StressResult result =
          new StressRun(vertx, settings(server.getLocalPort()), sleeper).run().await();
      long unanswered = REQUESTS - held.get();
      assertEquals(result.sent(), result.answered() + result.dropped() + result.errors());
      assertTrue(result.dropped() > 1_000, "dropped: " + result.dropped());
      assertEquals(
          unanswered, result.faults().get(Fault.LOST), "requests that the server did not receive");
    } finally {
      vertx.close().await();
    }
  }

  /** Replies to all requests at once: the first reply puts the client to sleep. */
  private static int hold(DatagramSocket server, CountDownLatch replied) {
    List<DatagramPacket> requests = new ArrayList<>();
    try {
      server.setSoTimeout(2_000);
      while (requests.size() < REQUESTS) {
        DatagramPacket request = new DatagramPacket(new byte[100], 100);
        server.receive(request);
        requests.add(request);
      }
    } catch (IOException e) {
      // No more arrive.
    }
    try {
      for (DatagramPacket request : requests) {
        String text = new String(request.getData(), 0, request.getLength(), StandardCharsets.UTF_8);
        byte[] reply = text.toUpperCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8);
        server.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      replied.countDown();
    }
    return requests.size();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static StressSettings settings(int port) {
    return new StressSettings(
        new ClientSettings(
            Protocol.UDP, "127.0.0.1", port, null, false, ConfiguredService.of(new Uppercase()), 5),
        1,
        REQUESTS,
        null,
        StressSettings.WORDS,
        1,
        false,
        Duration.ZERO,
        20_000,
        false,
        Duration.ZERO,
        Duration.ofSeconds(6),
        Shape.NORMAL,
        1);
  }
}
