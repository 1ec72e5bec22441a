package io.upper.bench;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.upper.bench.load.DatagramClients;
import io.upper.bench.load.HandshakeClients;
import io.upper.bench.load.Load;
import io.upper.bench.load.StreamClients;
import io.upper.cert.CertificateAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Measures the peers: for each workload all of them are started and warmed up, then measured in
 * rounds, each peer once per round, in a different order each time, so that a disturbance of the
 * machine affects all of them.
 */
public final class Bench {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final int SLOW_WARMUP = 4;

  private final Options options;
  private final Path certificates;

  private Bench(Options options) throws Exception {
    this.options = options;
    this.certificates = Files.createTempDirectory("upper-bench");
    CertificateAuthority.create(certificates);
  }

  /** See {@code bench/README.md}. */
  public static void main(String[] args) throws Exception {
    Bench bench = new Bench(Options.of(args));
    try {
      for (Workload workload : bench.options.workloads()) {
        bench.measure(workload);
      }
    } finally {
      bench.removeCertificates();
    }
    // The clients' Netty threads.
    System.exit(0);
  }

  private void measure(Workload workload) throws Exception {
    List<Contestant> contestants = new ArrayList<>();
    try {
      for (Peer peer : options.peers()) {
        if (peer.serves(workload, options.home())) {
          contestants.add(start(peer, workload));
        }
      }
      for (Contestant contestant : contestants) {
        contestant.load.run(warmup(workload));
      }
      for (int round = 0; round < options.rounds(); round++) {
        for (int i = 0; i < contestants.size(); i++) {
          Contestant contestant = contestants.get((i + round) % contestants.size());
          contestant.measure(workload, options.duration());
        }
      }
      Report.print(workload, contestants);
    } finally {
      contestants.forEach(Contestant::close);
    }
  }

  /**
   * The JDK's TLS engine takes longer to be compiled, and so does code that runs once per
   * connection, at two thousand connections per second.
   */
  private Duration warmup(Workload workload) {
    boolean slow = workload.protocol.equals("tls") && workload.engine.equals("jdk");
    return slow || workload.isHandshake()
        ? options.warmup().multipliedBy(SLOW_WARMUP)
        : options.warmup();
  }

  private Contestant start(Peer peer, Workload workload) throws Exception {
    PeerProcess process = PeerProcess.start(peer.command(workload, options, certificates));
    try {
      return new Contestant(peer, process, load(workload, process.port));
    } catch (Exception e) {
      process.close();
      throw e;
    }
  }

  private Load load(Workload workload, int port) throws Exception {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    if (workload.protocol.equals("udp")) {
      return new DatagramClients(server, workload.clients, workload.bytes);
    }
    SslContext tls = workload.protocol.equals("tls") ? trusting() : null;
    return workload.isHandshake()
        ? new HandshakeClients(server, tls, workload.clients)
        : new StreamClients(server, tls, workload.clients, workload.bytes, workload.isBulk());
  }

  /** The clients' TLS engine: the cheaper one if available, the same for all peers. */
  private SslContext trusting() throws Exception {
    return SslContextBuilder.forClient()
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .protocols("TLSv1.3")
        .endpointIdentificationAlgorithm(null)
        .trustManager(certificates.resolve(CertificateAuthority.CA_CERTIFICATE).toFile())
        .build();
  }

  private void removeCertificates() throws Exception {
    try (var files = Files.list(certificates)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(certificates);
  }

  /** A peer with its load and its measurements. */
  static final class Contestant implements AutoCloseable {
    final Peer peer;
    final List<Measurement> rounds = new ArrayList<>();
    private final PeerProcess process;
    private final Load load;

    Contestant(Peer peer, PeerProcess process, Load load) {
      this.peer = peer;
      this.process = process;
      this.load = load;
    }

    void measure(Workload workload, Duration duration) throws Exception {
      long before = process.cpuNanos();
      Load.Result result = load.run(duration);
      Measurement measured =
          Measurement.of(workload, result, process.cpuNanos() - before, process.residentBytes());
      rounds.add(measured);
      System.out.printf(
          Locale.ROOT,
          "round %d %-22s %-8s %s%n",
          rounds.size(),
          workload.word(),
          peer.word(),
          measured);
    }

    @Override
    public void close() {
      load.close();
      process.close();
    }
  }

  /** One round of one peer. */
  record Measurement(
      double perSecond, double cpuMicros, double p50Micros, double p99Micros, double residentMiB) {

    static Measurement of(Workload workload, Load.Result result, long cpuNanos, long resident) {
      double units =
          workload.isBulk() ? result.bytes() / (1024.0 * 1024.0) : (double) result.messages();
      return new Measurement(
          units / (result.took().toNanos() / 1e9),
          cpuNanos / MILLIS_PER_SECOND / units,
          result.latencyNanos().getValueAtPercentile(50) / MILLIS_PER_SECOND,
          result.latencyNanos().getValueAtPercentile(99) / MILLIS_PER_SECOND,
          resident / (1024.0 * 1024.0));
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.0f/s cpu=%.2fus p50=%.0fus p99=%.0fus rss=%.0fMiB",
          perSecond,
          cpuMicros,
          p50Micros,
          p99Micros,
          residentMiB);
    }
  }
}
