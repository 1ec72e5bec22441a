package io.upper.abuse;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.TrustedCa;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.config.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A server in a process of its own, whose memory, threads and descriptors can be measured (Linux).
 * Its whole heap is touched at the start, so growth is memory outside the heap.
 */
final class AbusedServer implements AutoCloseable {
  static final int PATIENCE_MILLIS = 60_000;

  private static final String CONF =
      """
      {"tcp": {"port": 0, "instances": 2}, "udp": {"port": 0, "instances": 2},
       "tls": {"port": 0, "instances": 2, "handshakeTimeoutSeconds": 60}, "drainSeconds": 5}""";

  /** The resources of the process. */
  record Holdings(long residentKib, int threads, int descriptors) {}

  private final UpperProcess process;
  private final Map<Protocol, Integer> ports = new EnumMap<>(Protocol.class);
  private final SSLContext trust;

  /** Starts it; the certificate that it creates stays in {@code directory}. */
  AbusedServer(Path directory, String... jvmOptions) throws Exception {
    this(directory, CONF, jvmOptions);
  }

  /** Starts it with a configuration, a text or a file of {@code directory}. */
  AbusedServer(Path directory, String conf, String[] jvmOptions) throws Exception {
    UpperProcess.Builder builder = UpperProcess.ofClasses().in(directory).withCertificate();
    Stream.concat(Stream.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch"), Stream.of(jvmOptions))
        .forEach(builder::jvm);
    process = builder.start("serve", "-conf", conf);
    for (Protocol protocol : Protocol.values()) {
      ports.put(protocol, process.awaitPort(protocol));
    }
    trust =
        TrustedCa.context(directory.resolve("certs").resolve(CertificateAuthority.CA_CERTIFICATE));
  }

  InetSocketAddress address(Protocol protocol) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(protocol));
  }

  /** A connection without a TLS handshake. */
  Socket connectPlain(Protocol protocol) throws IOException {
    Socket socket = new Socket();
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(address(protocol), PATIENCE_MILLIS);
    return socket;
  }

  Socket connect(Protocol protocol) throws IOException {
    Socket socket = connectPlain(protocol);
    if (protocol == Protocol.TCP) {
      return socket;
    }
    SSLSocket tls =
        (SSLSocket)
            trust.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
    tls.startHandshake();
    return tls;
  }

  UpperProcess process() {
    return process;
  }

  SSLContext trust() {
    return trust;
  }

  Holdings holdings() throws IOException {
    Path proc = Path.of("/proc", String.valueOf(process.pid()));
    long resident = 0;
    int threads = 0;
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      String[] words = line.split("\\s+");
      switch (words[0]) {
        case "VmRSS:" -> resident = Long.parseLong(words[1]);
        case "Threads:" -> threads = Integer.parseInt(words[1]);
        default -> {}
      }
    }
    return new Holdings(resident, threads, descriptors(proc.resolve("fd")));
  }

  private static int descriptors(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return (int) files.count();
    }
  }

  /** Its resources once it has at most {@code most} descriptors, or after the time limit. */
  Holdings settled(int most) throws Exception {
    long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
    Holdings now = holdings();
    while (now.descriptors() > most && System.nanoTime() < deadline) {
      Thread.sleep(20);
      now = holdings();
    }
    return now;
  }

  /** Stops it; it must end well. */
  UpperProcess.Ended stop() throws Exception {
    process.signal("TERM");
    UpperProcess.Ended ended = process.awaitEnd();
    assertTrue(ended.status() == 0, ended::toString);
    return ended;
  }

  @Override
  public void close() {
    process.close();
  }
}
