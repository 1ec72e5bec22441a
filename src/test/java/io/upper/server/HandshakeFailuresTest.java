package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.upper.config.Protocol;
import io.upper.model.RequestObserver;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A failed handshake is logged with peer and cause, and counted by reason. */
@ExtendWith(VertxExtension.class)
class HandshakeFailuresTest {
  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("ROOT", Level.INFO);

  private final Map<String, Integer> failures = new ConcurrentHashMap<>();

  /** Counts failures only. */
  private final class Count implements ServerMetrics, ServerMetrics.Loop {
    @Override
    public Loop loop(Protocol server) {
      return this;
    }

    @Override
    public RequestObserver observer(Protocol server) {
      return null;
    }

    @Override
    public void rejected(Protocol server, String reason, int count) {}

    @Override
    public void handshake(Protocol server, String version, String group) {}

    @Override
    public void handshakeFailed(Protocol server, String cause, int count) {
      failures.merge(server.word() + " " + cause, count, Integer::sum);
    }

    @Override
    public void certificate(Object server, Instant notAfter) {}

    @Override
    public void opened() {}

    @Override
    public void closed() {}

    @Override
    public void received(int bytes) {}

    @Override
    public void sent(int bytes) {}
  }

  @ParameterizedTest
  @CsvSource({
    "jdk, no-tls, it does not speak TLS",
    "openssl, no-tls, it does not speak TLS",
    "jdk, no-tls of two pairs, it does not speak TLS",
    "openssl, no-tls of two pairs, it does not speak TLS",
    "jdk, version, Client requested protocol TLSv1.1",
    "openssl, version, UNSUPPORTED_PROTOCOL",
    "jdk, nothing-in-common, no cipher suites in common",
    "openssl, nothing-in-common, NO_SHARED_CIPHER",
    "jdk, certificate-refused, Received fatal alert: certificate_unknown",
    "openssl, certificate-refused, SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "jdk, client-certificate, Empty client certificate chain",
    "openssl, client-certificate, PEER_DID_NOT_RETURN_A_CERTIFICATE",
    "jdk, closed, the client closed the connection",
    "openssl, closed, the client closed the connection",
    "openssl, timeout, handshake timed out after 1000ms",
  })
  void causeAndPeerAreLoggedInOneLine(
      String engine, String failure, String text, VertxTestContext test) {
    assumeTrue(engine.equals("jdk") || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    ServerMetrics.install(servers.vertx(), new Count());
    JsonObject config = Servers.config("event-loop").put("engine", engine);
    String reason = failure.split(" ")[0];
    if (reason.equals("client-certificate")) {
      config.put("clientCa", Servers.certificate());
    } else if (reason.equals("timeout")) {
      config.put("handshakeTimeoutSeconds", 1);
    } else if (failure.endsWith("pairs")) {
      config.put("certificates", Servers.anotherPair());
    }
    servers
        .start(Protocol.TLS, config)
        .compose(
            server ->
                servers.client(
                    () -> {
                      int port = fail(server, reason);
                      return List.of(
                          log.await("tls connection refused: its handshake failed"),
                          "(127.0.0.1:" + port + ")");
                    }))
        .onComplete(
            test.succeeding(
                lineAndPeer ->
                    test.verify(
                        () -> {
                          String line = lineAndPeer.get(0);
                          assertTrue(
                              line.contains("its handshake failed: " + text)
                                  && line.contains(lineAndPeer.get(1)),
                              line);
                          assertEquals(1, line.lines().count(), line);
                          assertEquals(1, failures.get("tls " + reason), failures::toString);
                          assertEquals(
                              1, failures.values().stream().mapToInt(n -> n).sum(), "in all");
                          test.completeNow();
                        })));
  }

  /** Connects, fails, and returns its port. */
  private static int fail(Servers.Server server, String how)
      throws IOException, GeneralSecurityException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(Servers.PATIENCE_MILLIS);
      socket.connect(server.address(), Servers.PATIENCE_MILLIS);
      int port = socket.getLocalPort();
      try {
        switch (how) {
          case "no-tls" -> send(socket, "GET / HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
          case "version" -> {
            String body = "0302" + "00".repeat(32) + "00" + "0006c013c009002f" + "0100";
            String hello = "01%06x".formatted(body.length() / 2) + body;
            send(
                socket,
                HexFormat.of().parseHex("160301%04x".formatted(hello.length() / 2) + hello));
          }
          case "closed" -> socket.shutdownOutput();
          case "timeout" -> socket.getInputStream().readAllBytes();
          case "nothing-in-common" -> {
            SSLSocket tls = secure(socket, InsecureTrustManagerFactory.INSTANCE.getTrustManagers());
            tls.setEnabledProtocols(new String[] {"TLSv1.2"});
            tls.setEnabledCipherSuites(new String[] {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
            tls.startHandshake();
          }
          case "certificate-refused" -> secure(socket, null).startHandshake();
          default -> {
            SSLSocket tls = secure(socket, InsecureTrustManagerFactory.INSTANCE.getTrustManagers());
            tls.startHandshake();
            tls.getInputStream().read();
          }
        }
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // As expected.
      }
      return port;
    }
  }

  private static void send(Socket socket, byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  private static SSLSocket secure(Socket socket, TrustManager[] trust)
      throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust, null);
    return (SSLSocket)
        context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), false);
  }
}
