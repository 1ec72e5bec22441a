package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A client gets every reply, in order, to the last byte, then the end. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class StreamRepliesTest {
  private static final String WIRES_AND_MODELS = "io.upper.server.Wire#withModels";

  @RegisterExtension final Servers servers = new Servers();

  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void aReplyArrivesAfterTheClientHalfClosed(Wire wire, String model, VertxTestContext test) {
    servers
        .start(wire, Servers.config(model, 100))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        return sendThenReadAll(socket, "hello".getBytes(US_ASCII));
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("HELLO", new String(reply, US_ASCII));
                          test.completeNow();
                        })));
  }

  /** The FIN comes while the first request is in flight and others wait in the socket. */
  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void everyReplyArrivesWhenTheEndComesBeforeTheReplies(
      Wire wire, String model, VertxTestContext test) {
    String text = "one\ntwo\nthree\nfour\nfive\n";
    servers
        .start(wire, Servers.config(model, 50))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        OutputStream out = socket.getOutputStream();
                        for (String line : text.split("(?<=\n)")) {
                          out.write(line.getBytes(US_ASCII));
                          // Two records, two reads: so not all lines are one request.
                          Thread.sleep(5);
                        }
                        socket.shutdownOutput();
                        return socket.getInputStream().readAllBytes();
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals(
                              "ONE\nTWO\nTHREE\nFOUR\nFIVE\n", new String(reply, US_ASCII));
                          test.completeNow();
                        })));
  }

  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void anEmptyConnectionIsClosedWhenTheClientHalfCloses(
      Wire wire, String model, VertxTestContext test) {
    servers
        .start(wire, Servers.config(model))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        return sendThenReadAll(socket, new byte[0]);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals(0, reply.length);
                          test.completeNow();
                        })));
  }

  /** The first bytes of a snowman are not a character, and come back unchanged. */
  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void anIncompleteCharacterAtTheEndComesBackUnchanged(
      Wire wire, String model, VertxTestContext test) {
    HexFormat hex = HexFormat.of();
    servers
        .start(wire, Servers.config(model))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        return sendThenReadAll(socket, hex.parseHex("61e298"));
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("41e298", hex.formatHex(reply));
                          test.completeNow();
                        })));
  }

  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void repliesToPipelinedRequestsComeBackInOrder(Wire wire, String model, VertxTestContext test) {
    int requests = 1_000;
    String expected =
        IntStream.range(0, requests)
            .mapToObj("REQUEST %d\n"::formatted)
            .collect(Collectors.joining());
    servers
        .start(wire, Servers.config(model, 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        Future<Void> sent =
                            servers.client(
                                () -> {
                                  for (int i = 0; i < requests; i++) {
                                    socket
                                        .getOutputStream()
                                        .write("request %d\n".formatted(i).getBytes(US_ASCII));
                                  }
                                  socket.shutdownOutput();
                                  return null;
                                });
                        byte[] reply = readAll(socket.getInputStream());
                        sent.await();
                        return reply;
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertArrayEquals(expected.getBytes(US_ASCII), reply);
                          test.completeNow();
                        })));
  }

  /** The end comes long before the replies, which exceed the kernel's buffers. */
  @ParameterizedTest
  @MethodSource(WIRES_AND_MODELS)
  void aSlowReaderGetsEveryReplyAfterItsHalfClose(Wire wire, String model, VertxTestContext test) {
    // Over a Unix domain socket the buffers are small: the client has to send its end, too.
    int size = wire == Wire.UNIX ? 256 << 10 : 8 << 20;
    byte[] request = "a".repeat(size).getBytes(US_ASCII);
    servers
        .start(wire, Servers.config(model, 1))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        Future<Void> sent =
                            servers.client(
                                () -> {
                                  socket.getOutputStream().write(request);
                                  socket.shutdownOutput();
                                  return null;
                                });
                        InputStream in = socket.getInputStream();
                        byte[] head = in.readNBytes(size / 2);
                        sent.await();
                        // Nobody reads, so the replies fill the socket's buffers.
                        Thread.sleep(300);
                        return head.length + readAll(in).length;
                      }
                    }))
        .onComplete(
            test.succeeding(
                length ->
                    test.verify(
                        () -> {
                          assertEquals(request.length, length);
                          test.completeNow();
                        })));
  }

  private static byte[] sendThenReadAll(Socket socket, byte[] bytes) throws Exception {
    socket.getOutputStream().write(bytes);
    socket.shutdownOutput();
    return readAll(socket.getInputStream());
  }

  private static byte[] readAll(InputStream in) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    return all.toByteArray();
  }
}
