package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import io.upper.config.Protocol;
import io.upper.model.*;
import io.vertx.core.Future;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.*;
import java.net.*;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.stream.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection's memory is bounded, and no client affects others. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class BackPressureTest {
  @RegisterExtension final Servers servers = new Servers();

  @Test
  void manyMebibytesAreAnsweredCorrectlyWhileAnotherClientIsServed(VertxTestContext test) {
    byte[] block = new byte[1 << 20];
    for (int i = 0; i < block.length; i++) {
      block[i] = (byte) ('a' + i % 23);
    }
    byte[] upper = new String(block, US_ASCII).toUpperCase(Locale.ROOT).getBytes(US_ASCII);
    int blocks = 64;
    servers
        .start(Protocol.TCP, Servers.config("event-loop"))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket large = server.connect();
                          Socket small = server.connect()) {
                        Future<Void> sent =
                            servers.client(
                                () -> {
                                  for (int i = 0; i < blocks; i++) {
                                    large.getOutputStream().write(block);
                                  }
                                  large.shutdownOutput();
                                  return null;
                                });
                        for (int i = 0; i < blocks; i++) {
                          assertArrayEquals(upper, large.getInputStream().readNBytes(block.length));
                          // The large request is being served.
                          assertEquals(
                              "B",
                              new String(Servers.Server.ask(small, new byte[] {'b'}), US_ASCII));
                        }
                        sent.await();
                        return large.getInputStream().read();
                      }
                    }))
        .onComplete(
            test.succeeding(
                end ->
                    test.verify(
                        () -> {
                          assertEquals(-1, end);
                          test.completeNow();
                        })));
  }

  /** Without back pressure the server would buffer all of it: 256 MiB. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Servers#models")
  void aClientThatNeverReadsIsNotRead(String model, VertxTestContext test) {
    int bound = 32 << 20;
    servers
        .start(Protocol.TCP, Servers.config(model))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (SocketChannel mute = SocketChannel.open(server.address());
                          Socket other = server.connect()) {
                        mute.configureBlocking(false);
                        long sent = 0;
                        long taken;
                        int stalled = 0;
                        ByteBuffer bytes = ByteBuffer.wrap("a".repeat(1 << 16).getBytes(US_ASCII));
                        // Each reply to the other client shows that the server had time to read.
                        while (stalled < 200 && sent < 8L * bound) {
                          taken = mute.write(bytes.clear());
                          sent += taken;
                          if (taken == 0) {
                            stalled++;
                            Thread.sleep(1);
                            assertEquals('B', Servers.Server.ask(other, new byte[] {'b'})[0]);
                          } else {
                            stalled = 0;
                          }
                        }
                        assertTrue(sent < bound, "taken: " + sent);
                        mute.configureBlocking(true);
                        mute.shutdownOutput();
                        return sent - uppercaseCount(mute.socket().getInputStream());
                      }
                    }))
        .onComplete(
            test.succeeding(
                missing ->
                    test.verify(
                        () -> {
                          assertEquals(0, missing);
                          test.completeNow();
                        })));
  }

  /** The same over the others, whose writes block: those of a thread are counted. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void overAnythingAClientThatNeverReadsIsNotRead(Wire wire) throws Exception {
    long bound = 32 << 20;
    Servers.Server server = servers.start(wire, Servers.config("event-loop")).await();
    byte[] block = "a".repeat(1 << 16).getBytes(US_ASCII);
    AtomicLong sent = new AtomicLong();
    AtomicBoolean enough = new AtomicBoolean();
    try (Socket mute = server.connect();
        Socket other = server.connect()) {
      Future<Void> written =
          servers.client(
              () -> {
                while (!enough.get() && sent.get() < 8 * bound) {
                  mute.getOutputStream().write(block);
                  sent.addAndGet(block.length);
                }
                mute.shutdownOutput();
                return null;
              });
      long before = -1;
      int stalled = 0;
      // Each reply to the other client shows that the server had time to read.
      while (stalled < 200 && sent.get() < 8 * bound) {
        assertEquals('B', Servers.Server.ask(other, new byte[] {'b'})[0]);
        Thread.sleep(1);
        stalled = sent.get() == before && before > 0 ? stalled + 1 : 0;
        before = sent.get();
      }
      assertTrue(sent.get() < bound, "taken: " + sent.get());
      enough.set(true);
      long replied = uppercaseCount(mute.getInputStream());
      written.await();
      assertEquals(sent.get(), replied);
    }
  }

  private static long uppercaseCount(InputStream in) throws IOException {
    byte[] all = in.readAllBytes();
    for (byte b : all) {
      assertEquals('A', b);
    }
    return all.length;
  }
}
