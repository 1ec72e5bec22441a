package io.upper.server;

import io.upper.TestCertificates;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import io.upper.config.TransportKind;
import io.upper.model.ModelFactory;
import io.upper.model.Models;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Servers on free ports of the loopback, and blocking clients on their own threads. Each test has
 * its own Vert.x with a native transport, closed afterwards. The system properties {@code
 * test.transport} (AUTO, IO_URING, NIO) and {@code test.engine} (auto, jdk, openssl) run all tests
 * with others.
 */
final class Servers implements BeforeEachCallback, AfterEachCallback {
  /** Limit of every wait; a correct server answers in a fraction of it. */
  static final int PATIENCE_MILLIS = 60_000;

  private static final int EVENT_LOOPS = 6;

  private final TransportKind transport;
  private Vertx vertx;
  // Of Unix domain sockets; null until there is one.
  private Path directory;
  private int paths;

  Servers() {
    this(configuredTransport());
  }

  static TransportKind configuredTransport() {
    return TransportKind.valueOf(System.getProperty("test.transport", "AUTO"));
  }

  Servers(TransportKind transport) {
    this.transport = transport;
  }

  /** The models that every test of the contract runs with. */
  static Stream<String> models() {
    return Models.all().stream().map(ModelFactory::word);
  }

  static Stream<Protocol> streams() {
    return Stream.of(Protocol.TCP, Protocol.TLS);
  }

  /** A server's configuration, without a job. */
  static JsonObject config(String model) {
    return new JsonObject().put("model", model);
  }

  /** A server's configuration, with a job that sleeps. */
  static JsonObject config(String model, int millis) {
    return config(model).put("job", new JsonObject().put("kind", "sleep").put("millis", millis));
  }

  @Override
  public void beforeEach(ExtensionContext test) {
    vertx =
        Vertx.builder()
            .with(
                new VertxOptions()
                    .setEventLoopPoolSize(EVENT_LOOPS)
                    // The iterative model blocks its event loop on purpose.
                    .setBlockedThreadCheckInterval(PATIENCE_MILLIS))
            .withTransport(ServerTransport.of(transport))
            .build();
  }

  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    vertx
        .close()
        .toCompletionStage()
        .toCompletableFuture()
        .get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (directory != null) {
      Files.delete(directory); // Empty: a server removes its socket.
    }
  }

  Vertx vertx() {
    return vertx;
  }

  boolean usesEpoll() {
    return ((VertxInternal) vertx).transport() instanceof EpollTransport;
  }

  /** Starts a server; the port is a free one unless the configuration names it. */
  Future<Server> start(Protocol protocol, JsonObject config) {
    return start(
        protocol,
        switch (protocol) {
          case TCP -> new TcpServerVerticle();
          case TLS -> new TlsServerVerticle();
          case UDP -> new UdpServerVerticle();
        },
        config);
  }

  /** Starts a server that clients reach over that. */
  Future<Server> start(Wire wire, JsonObject config) {
    return start(wire.protocol(), wire.config(path()).mergeIn(config));
  }

  /** Starts a server of one verticle that clients reach over that. */
  Future<Server> start(Wire wire, ServerVerticle verticle, JsonObject config) {
    return start(wire.protocol(), verticle, wire.config(path()).mergeIn(config));
  }

  private Path path() {
    try {
      if (directory == null) {
        directory = Files.createTempDirectory("upper-unix");
      }
      return directory.resolve("u" + paths++);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server of one verticle. */
  Future<Server> start(Protocol protocol, ServerVerticle verticle, JsonObject config) {
    JsonObject complete = complete(protocol, config);
    return vertx
        .deployVerticle(verticle, new DeploymentOptions().setConfig(complete))
        .map(id -> new Server(vertx, protocol, id, verticle.actualPort(), path(complete)));
  }

  /** Starts a server of several instances, all of {@code type}; fails as a single one does. */
  Future<Server> startInstances(Protocol protocol, int instances, JsonObject config) {
    ServerVerticle[] made = new ServerVerticle[instances];
    int[] count = {0};
    return vertx
        .deployVerticle(
            () ->
                made[count[0]++] =
                    switch (protocol) {
                      case TCP -> new TcpServerVerticle();
                      case TLS -> new TlsServerVerticle();
                      case UDP -> new UdpServerVerticle();
                    },
            new DeploymentOptions().setInstances(instances).setConfig(complete(protocol, config)))
        .map(
            id -> {
              int[] ports =
                  Stream.of(made).mapToInt(ServerVerticle::actualPort).distinct().toArray();
              if (ports.length != 1) {
                throw new AssertionError(instances + " instances, ports " + ports.length);
              }
              return new Server(vertx, protocol, id, ports[0], path(config));
            });
  }

  /** The file of the certificate that TLS servers show. */
  static String certificate() {
    return Certificates.file(CertificateAuthority.SERVER_CERTIFICATE);
  }

  /** Another pair for {@code certificates}, so that the server chooses by SNI. */
  static JsonArray anotherPair() {
    return new JsonArray()
        .add(
            new JsonObject()
                .put("certificate", Certificates.file(CertificateAuthority.CA_CERTIFICATE))
                .put("key", Certificates.file(CertificateAuthority.CA_KEY)));
  }

  private static JsonObject complete(Protocol protocol, JsonObject config) {
    // On a busy machine no client is given up either, unless a test says so.
    JsonObject complete =
        new JsonObject().put("host", "127.0.0.1").put("port", 0).put("maxWaitMillis", 0);
    if (protocol == Protocol.TLS) {
      complete
          .put("engine", System.getProperty("test.engine", "auto"))
          .put("handshakeTimeoutSeconds", PATIENCE_MILLIS / 1_000)
          .put("certificate", Certificates.file(CertificateAuthority.SERVER_CERTIFICATE))
          .put("key", Certificates.file(CertificateAuthority.SERVER_KEY));
    }
    return complete.mergeIn(config);
  }

  private static Path path(JsonObject config) {
    return config.containsKey("path") ? Path.of(config.getString("path")) : null;
  }

  /** Runs a blocking client on a thread of its own. */
  <T> Future<T> client(Callable<T> client) {
    Promise<T> promise = Promise.promise();
    Thread thread =
        new Thread(
            () -> {
              try {
                promise.complete(client.call());
              } catch (Throwable e) {
                promise.fail(e);
              }
            },
            "client");
    thread.setDaemon(true);
    thread.start();
    return promise.future();
  }

  /** What clients trust. */
  static SSLContext trust() {
    return Certificates.context();
  }

  /**
   * A deployed server.
   *
   * @param path in place of address and port, or null
   */
  record Server(Vertx vertx, Protocol protocol, String deployment, int port, Path path) {

    Future<Void> undeploy() {
      return vertx.undeploy(deployment);
    }

    InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A connection; over TLS the handshake is done. */
    Socket connect() throws IOException {
      return connect(new byte[0]);
    }

    /** A connection that begins with {@code preface}; over TLS the handshake comes after it. */
    Socket connect(byte[] preface) throws IOException {
      Socket socket = open();
      socket.getOutputStream().write(preface);
      return protocol == Protocol.TLS ? secure(socket) : socket;
    }

    /** A connection without a TLS handshake. */
    Socket open() throws IOException {
      if (path != null) {
        return UnixClient.connect(path);
      }
      Socket socket = new Socket();
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      socket.connect(address(), PATIENCE_MILLIS);
      return socket;
    }

    /** A connection after its TLS handshake. */
    Socket secure(Socket socket) throws IOException {
      SSLSocket tls =
          (SSLSocket)
              Certificates.context().getSocketFactory().createSocket(socket, null, port, true);
      tls.startHandshake();
      return tls;
    }

    /** Sends one request and reads a reply of the same length. */
    static byte[] ask(Socket socket, byte[] request) throws IOException {
      socket.getOutputStream().write(request);
      return socket.getInputStream().readNBytes(request.length);
    }
  }

  /** A certification authority for tests, created once. */
  private static final class Certificates {
    private static final Path DIRECTORY = make();

    static String file(String name) {
      return DIRECTORY.resolve(name).toString();
    }

    private static Path make() {
      try {
        Path directory = Files.createTempDirectory("upper-test").toRealPath();
        directory.toFile().deleteOnExit();
        TestCertificates.copyTo(directory);
        try (Stream<Path> files = Files.list(directory)) {
          files.forEach(file -> file.toFile().deleteOnExit());
        }
        return directory;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static final SSLContext CONTEXT = makeContext();

    /** One for all clients: it holds the sessions that a later connection may resume. */
    static SSLContext context() {
      return CONTEXT;
    }

    private static SSLContext makeContext() {
      try (InputStream in =
          Files.newInputStream(DIRECTORY.resolve(CertificateAuthority.CA_CERTIFICATE))) {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry(
            "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
      } catch (IOException | GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
