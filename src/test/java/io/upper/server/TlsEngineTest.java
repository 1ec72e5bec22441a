package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.handler.ssl.OpenSsl;
import io.upper.config.Protocol;
import io.upper.config.TlsEngineKind;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.OpenSSLEngineOptions;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Both engines behave the same to a client. The other tests run with the engine of {@code auto}.
 */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class TlsEngineTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines lines = new LogLines("io.upper", Level.INFO);

  @RegisterExtension
  final LogLines ends = new LogLines("io.upper.server.ConnectionRecord", Level.DEBUG);

  @RegisterExtension final LogLines requests = new LogLines("upper.requests", Level.DEBUG);

  @Test
  void autoUsesOpenSslIfItCanBeLoaded() {
    TlsEngine engine = TlsEngine.of(TlsEngineKind.AUTO);
    if (OpenSsl.isAvailable()) {
      assertTrue(engine.options() instanceof OpenSSLEngineOptions);
      assertEquals("tls engine: openssl (BoringSSL)", engine.description());
    } else {
      assertTrue(engine.options() instanceof JdkSSLEngineOptions);
      assertTrue(engine.description().startsWith("tls engine: jdk; OpenSSL is not available: "));
    }
  }

  /** A ClientHello that costs the server much, and signatures that can be forged. */
  @ParameterizedTest
  @CsvSource({
    "JDK, -tls1_3 -groups ffdhe8192, false",
    "JDK, -tls1_3 -groups ffdhe2048, false",
    "JDK, -tls1_2 -sigalgs ECDSA+SHA1 -cipher DEFAULT@SECLEVEL=0, false",
    "JDK, -tls1_2 -sigalgs ECDSA+SHA256, true",
    "JDK, -tls1_3 -groups P-256, true",
    "OPENSSL, -tls1_3 -groups ffdhe8192, false",
    "OPENSSL, -tls1_2 -sigalgs ECDSA+SHA1 -cipher DEFAULT@SECLEVEL=0, false",
    "OPENSSL, -tls1_2 -sigalgs ECDSA+SHA1:ECDSA+SHA256 -cipher DEFAULT@SECLEVEL=0, true",
  })
  void weakGroupsAndSignaturesAreRefused(
      TlsEngineKind engine, String offer, boolean agrees, VertxTestContext test) {
    offer(engine, offer)
        .onComplete(
            test.succeeding(
                output ->
                    test.verify(
                        () -> {
                          assertEquals(agrees, output.contains("Peer signature type"), output);
                          test.completeNow();
                        })));
  }

  /** RFC 8446, section 4.1.1: that is a handshake_failure, not an error of the server. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void aClientThatCannotVerifyTheKeyIsToldSo(TlsEngineKind engine, VertxTestContext test) {
    offer(engine, "-tls1_3 -sigalgs RSA-PSS+SHA256")
        .onComplete(
            test.succeeding(
                output ->
                    test.verify(
                        () -> {
                          assertTrue(output.contains("SSL alert number 40"), output);
                          test.completeNow();
                        })));
  }

  /** What {@code openssl s_client} prints with these options. */
  private Future<String> offer(TlsEngineKind engine, String options) {
    assumeTrue(engine == TlsEngineKind.JDK || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    assumeTrue(SClient.isAvailable(), "there is no openssl 3");
    return servers
        .start(Protocol.TLS, Servers.config("event-loop").put("engine", engine.word()))
        .compose(
            server ->
                servers.client(
                    () -> SClient.output(server.address().getPort(), options.split(" "))));
  }

  /** 32 MiB exceed the socket's buffers: most replies come after the close_notify. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void everyReplyComesAfterTheClientsCloseNotify(TlsEngineKind engine, VertxTestContext test) {
    byte[] request = "a".repeat(32 << 20).getBytes(US_ASCII);
    servers
        .start(Protocol.TLS, config(engine).put("job", sleep(1)))
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
                        long replied = in.transferTo(OutputStream.nullOutputStream());
                        sent.await();
                        return replied;
                      }
                    }))
        .onComplete(
            test.succeeding(
                replied ->
                    test.verify(
                        () -> {
                          assertEquals(request.length, replied);
                          test.completeNow();
                        })));
  }

  /** The verticle must not set the property itself: it affects the whole embedding program. */
  @ParameterizedTest
  @CsvSource({"JDK,, 1", "JDK, true, 0", "OPENSSL,, 0"})
  void aRenegotiationThatIsNotRefusedIsOneWarning(TlsEngineKind engine, String set, int warnings) {
    String before = System.getProperty(TlsServerVerticle.NO_RENEGOTIATION);
    try {
      setProperty(set);
      servers.startInstances(Protocol.TLS, 2, config(engine)).await();
      long told = lines.lines().stream().filter(line -> line.contains("renegotiate")).count();
      assertEquals(warnings, told, () -> lines.lines().toString());
      assertEquals(set, System.getProperty(TlsServerVerticle.NO_RENEGOTIATION));
    } finally {
      setProperty(before);
    }
  }

  private static void setProperty(String value) {
    if (value == null) {
      System.clearProperty(TlsServerVerticle.NO_RENEGOTIATION);
    } else {
      System.setProperty(TlsServerVerticle.NO_RENEGOTIATION, value);
    }
  }

  /** The session of the first handshake can be resumed with any instance. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void aSecondConnectionResumesTheSession(TlsEngineKind engine, VertxTestContext test) {
    servers
        .startInstances(Protocol.TLS, 2, config(engine))
        .compose(
            server ->
                servers.client(
                    () -> {
                      List<Long> made = new ArrayList<>();
                      for (int i = 0; i < 4; i++) {
                        try (SSLSocket socket = (SSLSocket) server.connect()) {
                          // The ticket arrives after the handshake, no later than the reply.
                          assertEquals('X', Servers.Server.ask(socket, new byte[] {'x'})[0]);
                          made.add(socket.getSession().getCreationTime());
                        }
                        Thread.sleep(2);
                      }
                      return made;
                    }))
        .onComplete(
            test.succeeding(
                made ->
                    test.verify(
                        () -> {
                          assertEquals(1, made.stream().distinct().count(), made.toString());
                          test.completeNow();
                        })));
  }

  private static JsonObject config(TlsEngineKind engine) {
    assumeTrue(engine != TlsEngineKind.OPENSSL || OpenSsl.isAvailable(), "no OpenSSL here");
    return Servers.config("event-loop").put("engine", engine.word());
  }

  private static JsonObject sleep(int millis) {
    return new JsonObject().put("kind", "sleep").put("millis", millis);
  }

  /** The session does not see them, so it cannot apply back pressure. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
  void keyUpdatesAreLimited(TlsEngineKind engine) throws Exception {
    Servers.Server server = servers.start(Protocol.TLS, config(engine)).await();
    try (RawTlsClient client = new RawTlsClient(server.address())) {
      // An error in the very read that ends the handshake is not yet that of a session. (What the
      // client can read first are the tickets, sent during the handshake.)
      client.send(new byte[] {'x'});
      requests.await("served client=tls 127.0.0.1:" + client.socket().getLocalPort() + " ");
      for (int i = 0; i < 5_000; i++) {
        client.updateKey();
      }
      // Its answers so far; a server that accepts all of them would be silent.
      client.socket().getInputStream().readAllBytes();
    } catch (SocketException e) {
      // It was closed, by a reset.
    }
    // Of BoringSSL's own limit Netty does not always tell: one connection in 60 was just closed.
    ends.await(engine == TlsEngineKind.JDK ? "without application data" : " disconnected");
  }
}
