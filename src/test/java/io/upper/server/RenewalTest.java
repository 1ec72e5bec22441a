package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import io.upper.cert.CertificateAuthority;
import io.upper.cert.PemFile;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server renews the pair that it has made itself, while it serves. */
@Timeout(120)
class RenewalTest {
  private static final List<String> FILES =
      List.of(
          CertificateAuthority.CA_CERTIFICATE,
          CertificateAuthority.CA_KEY,
          CertificateAuthority.SERVER_CERTIFICATE,
          CertificateAuthority.SERVER_KEY);
  private static final byte[] REQUEST = {'x'};
  private static final byte[] REPLY = {'X'};

  @RegisterExtension final Servers servers = new Servers();
  @RegisterExtension final LogLines log = new LogLines("io.upper.server", Level.INFO);

  @TempDir private Path directory;

  @BeforeEach
  void make() throws Exception {
    // The authority that the clients trust.
    Path made = Path.of(Servers.certificate()).getParent();
    for (String name : FILES) {
      Files.copy(made.resolve(name), directory.resolve(name));
    }
  }

  private Server start() {
    JsonObject config =
        new JsonObject()
            .put("host", "127.0.0.1")
            .put("port", 0)
            .put("model", "event-loop")
            .mergeIn(CertificateAuthority.settings(directory));
    return Server.start(servers.vertx(), ownPair(ServerSettings.of(Protocol.TLS, config))).await();
  }

  /** As if the files were those of the default settings. */
  private static ServerSettings ownPair(ServerSettings s) {
    ServerSettings.Tls tls =
        new ServerSettings.Tls(
            s.tls().certificate(),
            s.tls().key(),
            s.tls().certificates(),
            s.tls().engine(),
            s.tls().clientCa(),
            s.tls().handshakeTimeoutSeconds(),
            true);
    return new ServerSettings(
        s.protocol(),
        s.enabled(),
        s.host(),
        s.port(),
        s.unix(),
        s.instances(),
        s.reusePort(),
        s.model(),
        s.backlog(),
        s.proxyProtocol(),
        s.maxConnections(),
        s.idleTimeoutSeconds(),
        s.maxWaitMillis(),
        s.maxPending(),
        s.ratePerSource(),
        s.burstPerSource(),
        tls,
        s.job(),
        s.service(),
        s.drainSeconds());
  }

  /** So late that the authority's certificate would expire before the new one. */
  @Tag("slow")
  @Test
  void noConnectionIsLostAndClientsThatKnowTheAuthorityStillTrust() throws Exception {
    X509Certificate authority = certificate(CertificateAuthority.CA_CERTIFICATE);
    Server server = start();
    AtomicBoolean renewed = new AtomicBoolean();
    try (SSLSocket stays = connect(server)) {
      Future<Void> others = servers.client(() -> connectUntil(renewed, server));
      server.checkExpiry(Instant.now().plus(Duration.ofDays(3_000))).await();
      try (SSLSocket next = connect(server)) {
        assertEquals(certificate(CertificateAuthority.SERVER_CERTIFICATE), shown(next));
        assertNotEquals(shown(stays), shown(next));
        assertEquals(shown(stays).getPublicKey(), shown(next).getPublicKey());
        assertEquals(names(shown(stays)), names(shown(next)));
        long days = Duration.between(Instant.now(), shown(next).getNotAfter().toInstant()).toDays();
        assertTrue(days == 823 || days == 822, () -> days + " days");
        X509Certificate another = certificate(CertificateAuthority.CA_CERTIFICATE);
        assertNotEquals(authority, another);
        assertTrue(another.getBasicConstraints() >= 0, "is a CA");
        shown(next).verify(another.getPublicKey());
        another.verify(authority.getPublicKey());
      }
      assertArrayEquals(REPLY, Servers.Server.ask(stays, REQUEST));
      renewed.set(true);
      others.await();
    }
  }

  private static Void connectUntil(AtomicBoolean end, Server server) throws Exception {
    while (!end.get()) {
      connect(server).close();
    }
    return null;
  }

  /** It trusts the authority as it was when the test began. */
  private static SSLSocket connect(Server server) throws Exception {
    SSLSocket socket =
        (SSLSocket)
            Servers.trust().getSocketFactory().createSocket("127.0.0.1", server.actualPort());
    socket.setSoTimeout(Servers.PATIENCE_MILLIS);
    assertArrayEquals(REPLY, Servers.Server.ask(socket, REQUEST));
    return socket;
  }

  private static List<List<?>> names(X509Certificate certificate) throws Exception {
    return List.copyOf(certificate.getSubjectAlternativeNames());
  }

  private static X509Certificate shown(SSLSocket socket) throws Exception {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  private X509Certificate certificate(String name) throws Exception {
    return PemFile.read(directory.resolve(name)).certificates().get(0);
  }

  @Test
  void withoutTheAuthoritysKeyThereIsAWarningAndItServesOn() throws Exception {
    Files.delete(directory.resolve(CertificateAuthority.CA_KEY));
    Server server = start();
    X509Certificate before = certificate(CertificateAuthority.SERVER_CERTIFICATE);
    server.checkExpiry(before.getNotAfter().toInstant().minus(Duration.ofDays(200))).await();
    assertFalse(log.lines().toString().contains("expires"), log.lines()::toString);
    server.checkExpiry(before.getNotAfter().toInstant().minus(Duration.ofDays(10))).await();
    assertTrue(
        log.lines()
            .get(log.lines().size() - 1)
            .endsWith("; renew it: upper certs " + directory + " --renew"),
        log.lines()::toString);
    assertEquals(before, certificate(CertificateAuthority.SERVER_CERTIFICATE));
    connect(server).close();
  }
}
