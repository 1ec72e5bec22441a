package io.upper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.upper.MainVerticle;
import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.text.Uppercase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients against the real servers; faults, against a server made to produce them. */
@Timeout(180)
class UpperClientTest {
  // In bytes ß and ŉ grow and ı shrinks.
  private static final List<String> TEXTS =
      List.of("hello", "straße", "ŉ", "ı", "ñandú 🙂 café", "x".repeat(60_000), "ß".repeat(20_000));

  @TempDir private static Path directory;

  private static Vertx vertx;
  private static MainVerticle servers;
  private UpperClient client;

  @BeforeAll
  static void serve() throws IOException {
    TestCertificates.copyTo(directory);
    TestCertificates.copyOtherTo(directory.resolve("other"));
    vertx = Vertx.vertx();
    servers = new MainVerticle();
    JsonObject free = new JsonObject().put("port", 0);
    JsonObject tls =
        new JsonObject()
            .put("port", 0)
            .put("host", "0.0.0.0")
            .put("certificate", file(CertificateAuthority.SERVER_CERTIFICATE))
            .put("key", file(CertificateAuthority.SERVER_KEY));
    JsonObject config = new JsonObject().put("tcp", free).put("udp", free).put("tls", tls);
    vertx.deployVerticle(servers, new DeploymentOptions().setConfig(config)).await();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.close().await();
    }
  }

  private static String file(String name) {
    return directory.resolve(name).toString();
  }

  private static ClientSettings settings(
      Protocol protocol, String host, int port, String ca, int timeoutSeconds) {
    return new ClientSettings(
        protocol, host, port, ca, false, ConfiguredService.of(new Uppercase()), timeoutSeconds);
  }

  private static ClientSettings settings(Protocol protocol, String host, int port, String ca) {
    return settings(protocol, host, port, ca, 20);
  }

  private static ClientSettings impatient(Protocol protocol, int port) {
    String ca = file(CertificateAuthority.CA_CERTIFICATE);
    return settings(protocol, "localhost", port, ca, 1);
  }

  private static ClientSettings settings(Protocol protocol, int port) {
    return settings(protocol, "localhost", port, file(CertificateAuthority.CA_CERTIFICATE));
  }

  private String ask(ClientSettings settings, String text) {
    client = UpperClient.open(vertx, settings).await();
    return client.ask(text).await();
  }

  private void fails(String message, ClientSettings settings) {
    Throwable failure = assertThrows(Throwable.class, () -> ask(settings, "hello"));
    assertEquals(message, failure.getMessage());
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachReplyIsCompleteAndInOrder(Protocol protocol) {
    client = UpperClient.open(vertx, settings(protocol, servers.actualPort(protocol))).await();
    for (String text : TEXTS) {
      assertEquals(text.toUpperCase(Locale.ROOT), client.ask(text).await());
    }
  }

  @ParameterizedTest
  @EnumSource
  void verticleSendsTheConfiguredMessages(Protocol protocol) {
    List<ClientVerticle.Exchange> exchanges = new ArrayList<>();
    JsonObject config =
        new JsonObject()
            .put("protocol", protocol.word())
            .put("port", servers.actualPort(protocol))
            .put("ca", file(CertificateAuthority.CA_CERTIFICATE))
            .put("messages", new JsonArray(TEXTS));
    vertx
        .deployVerticle(
            new ClientVerticle(exchanges::add), new DeploymentOptions().setConfig(config))
        .compose(vertx::undeploy)
        .await();
    assertEquals(TEXTS, exchanges.stream().map(ClientVerticle.Exchange::request).toList());
    assertEquals(
        TEXTS.stream().map(text -> text.toUpperCase(Locale.ROOT)).toList(),
        exchanges.stream().map(ClientVerticle.Exchange::reply).toList());
  }

  @Test
  void aFragmentedReplyIsAwaited() {
    // Each byte is written when the previous one has been sent.
    int port = server(socket -> trickle(socket, Buffer.buffer("STRASSE"), 0));
    assertEquals("STRASSE", ask(settings(Protocol.TCP, port), "straße"));
  }

  private static void trickle(NetSocket socket, Buffer reply, int sent) {
    if (sent < reply.length()) {
      socket
          .write(reply.getBuffer(sent, sent + 1))
          .onSuccess(v -> vertx.runOnContext(next -> trickle(socket, reply, sent + 1)));
    }
  }

  @Test
  void aConnectionClosedDuringAReplyIsAnError() {
    int port = server(socket -> socket.write("HEL").onSuccess(v -> socket.close()));
    fails(
        "tcp localhost:%d: the server closed the connection after 3 of 5 bytes of the reply"
            .formatted(port),
        settings(Protocol.TCP, port));
    assertEquals(
        "tcp localhost:%d: the server closed the connection".formatted(port),
        assertThrows(Throwable.class, () -> client.ask("again").await()).getMessage());
  }

  @Test
  void aReplyHasATimeLimit() {
    int port = server(socket -> socket.write("HEL"));
    fails(
        ("tcp localhost:%d: no complete reply within 1 s:"
                + " sent 5 bytes (\"hello\"), received 3 bytes (\"HEL\") of 5")
            .formatted(port),
        impatient(Protocol.TCP, port));
    assertEquals(
        "tcp localhost:%d: the previous reply timed out after 1 s".formatted(port),
        assertThrows(Throwable.class, () -> client.ask("again").await()).getMessage());
  }

  @Test
  void theVerticleHasTheSameTimeLimit() {
    int port = server(socket -> {});
    JsonObject config = new JsonObject().put("port", port).put("timeoutSeconds", 1);
    Future<String> asked =
        vertx.deployVerticle(new ClientVerticle(), new DeploymentOptions().setConfig(config));
    assertEquals(
        ("tcp localhost:%d: no complete reply within 1 s: sent 5 bytes (\"hello\"), received"
                + " 0 bytes of 5")
            .formatted(port),
        assertThrows(Throwable.class, asked::await).getMessage());
  }

  @Test
  void aHandshakeHasATimeLimit() {
    int port = server(socket -> {});
    fails(
        "tls localhost:%d: TLS handshake timed out after 1 s".formatted(port),
        impatient(Protocol.TLS, port));
  }

  @Test
  void aServerThatClosesDuringTheHandshakeIsReportedInPlainWords() {
    int port = server(NetSocket::close);
    fails(
        "tls localhost:%d: the server closed the connection".formatted(port),
        settings(Protocol.TLS, port));
  }

  /** TLS is closed but TCP is not: no FIN follows. */
  @Test
  void aCloseNotifyEndsTheConnection() {
    PemKeyCertOptions certificate =
        new PemKeyCertOptions()
            .addCertPath(file(CertificateAuthority.SERVER_CERTIFICATE))
            .addKeyPath(file(CertificateAuthority.SERVER_KEY));
    NetServer server =
        vertx
            .createNetServer(new NetServerOptions().setSsl(true).setKeyCertOptions(certificate))
            .connectHandler(
                socket ->
                    socket.handler(request -> socket.write("HEL").onSuccess(v -> end(socket))));
    int port = server.listen(0, "localhost").await().actualPort();
    String ca = file(CertificateAuthority.CA_CERTIFICATE);
    fails(
        "tls localhost:%d: the server closed the connection after 3 of 5 bytes of the reply"
            .formatted(port),
        settings(Protocol.TLS, "localhost", port, ca, 3_600));
  }

  private static void end(NetSocket socket) {
    ChannelHandlerContext context = ((NetSocketInternal) socket).channelHandlerContext();
    context.pipeline().get(SslHandler.class).closeOutbound();
  }

  /** A server that calls {@code reply} after each read. */
  private static int server(java.util.function.Consumer<NetSocket> reply) {
    NetServer server =
        vertx
            .createNetServer()
            .connectHandler(socket -> socket.handler(request -> reply.accept(socket)));
    return server.listen(0, "localhost").await().actualPort();
  }

  @ParameterizedTest
  @EnumSource(names = {"TCP", "TLS"})
  void noServerListens(Protocol protocol) throws IOException {
    int port = unusedPort();
    fails(
        "%s localhost:%d: connection refused".formatted(protocol.word(), port),
        settings(protocol, port));
  }

  @ParameterizedTest
  @EnumSource
  void theNameIsUnknown(Protocol protocol) {
    fails(
        protocol.word() + " no-such-host.invalid:7: the name is unknown",
        settings(protocol, "no-such-host.invalid", 7, file(CertificateAuthority.CA_CERTIFICATE)));
  }

  @Test
  void anotherCaIsNotTrusted() {
    int port = servers.actualPort(Protocol.TLS);
    fails(
        "tls localhost:%d: Path does not chain with any of the trust anchors".formatted(port),
        settings(Protocol.TLS, "localhost", port, file("other/ca-cert.pem")));
  }

  @Test
  void aCertificateForAnotherHostIsNotTrusted() {
    assumeTrue(System.getProperty("os.name").equals("Linux"), "needs 127.0.0.2");
    int port = servers.actualPort(Protocol.TLS);
    fails(
        "tls 127.0.0.2:%d: No subject alternative names matching IP address 127.0.0.2 found"
            .formatted(port),
        settings(Protocol.TLS, "127.0.0.2", port, file(CertificateAuthority.CA_CERTIFICATE)));
  }

  @Test
  void insecureTrustsAnyCertificateAndNeedsNoCa() {
    ClientSettings insecure =
        new ClientSettings(
            Protocol.TLS,
            System.getProperty("os.name").equals("Linux") ? "127.0.0.2" : "localhost",
            servers.actualPort(Protocol.TLS),
            "no/such.pem",
            true,
            ConfiguredService.of(new Uppercase()),
            5);
    assertEquals("HELLO", ask(insecure, "hello"));
  }

  @Test
  void aMissingCaIsNamed() {
    fails(
        "no/such.pem: cannot read the file; pass the CA's certificate with --ca, or trust any"
            + " server with --insecure",
        settings(Protocol.TLS, "localhost", 7, "no/such.pem"));
  }

  @Test
  void aCaFileWithoutCertificateIsNamed() throws IOException {
    String bad = Files.writeString(directory.resolve("bad.pem"), "no PEM").toString();
    fails(
        bad + ": is not a PEM file: no line starts with -----BEGIN",
        settings(Protocol.TLS, "localhost", 7, bad));
  }

  @Test
  void aServerWithoutTlsIsAnErrorOfOneLine() {
    int port = servers.actualPort(Protocol.TCP);
    Throwable failure =
        assertThrows(Throwable.class, () -> ask(settings(Protocol.TLS, port), "hello"));
    assertTrue(failure.getMessage().matches("tls localhost:" + port + ": .+"), failure::toString);
  }
}
