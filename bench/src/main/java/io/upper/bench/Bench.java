package io.upper.bench;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the peers: for each workload all of them are started and warmed up, then measured in
 * rounds, each peer once per round, in a different order each time, so that a disturbance of the
 * machine affects all of them.
 */
public final class Bench {
  private static final double MILLIS_PER_SECOND = 1000;
  private static final int SLOW_WARMUP = 4;
  private static final Duration WARMUP_TURN = Duration.ofMillis(500);

  /** The share of the processors from which on other programs disturb a comparison. */
  private static final double BUSY = 0.1;

  private final Options options;
  private final Path certificates;

  private Bench(Options options) throws Exception {
    this.options = options;
    this.certificates = Files.createTempDirectory("upper-bench");
    CertificateAuthority.create(certificates);
  }

  /** See {@code bench/README.md}. */
  public static void main(String[] args) {
    int status;
    try {
      status = compare(Options.of(args)) ? 1 : 0;
    } catch (Throwable e) {
      System.err.println("bench/run: " + reason(e));
      status = 2;
    }
    // Despite the clients' Netty threads, which would keep the JVM after an Error, too.
    System.exit(status);
  }

  /** Whether the run is worse than the one that it is compared with. */
  private static boolean compare(Options options) throws Exception {
    SavedRun run = options.from() == null ? measure(options) : SavedRun.read(options.from());
    if (options.save() != null) {
      run.write(options.save());
    }
    return options.against() != null
        && isWorse(run, SavedRun.read(options.against()), options.limit());
  }

  private static String reason(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    boolean descriptors = String.valueOf(cause.getMessage()).contains("Too many open files");
    return cause + (descriptors ? ": each client of each peer needs one (ulimit -n)" : "");
  }

  private static SavedRun measure(Options options) throws Exception {
    Bench bench = new Bench(options);
    SavedRun run = new SavedRun();
    try {
      for (Workload workload : options.workloads()) {
        bench.measure(workload, run);
      }
    } finally {
      bench.removeCertificates();
    }
    return run;
  }

  /**
   * Prints how this run compares with a saved one; whether a ratio exceeds the limit for sure. On a
   * busy machine none does: code that had no time to be compiled is several times as expensive.
   */
  static boolean isWorse(SavedRun run, SavedRun before, double limit) {
    boolean worse = false;
    for (SavedRun.Change change : run.against(before)) {
      boolean beyond = limit > 0 && change.ratio().low() > limit;
      boolean busy = run.others(change.workload()) > BUSY;
      System.out.println(
          change
              + (beyond ? ", beyond the limit of " + limit : "")
              + (beyond && busy ? ", but other programs were running" : ""));
      worse |= beyond && !busy;
    }
    return worse;
  }

  private void measure(Workload workload, SavedRun run) throws Exception {
    List<Contestant> contestants = new ArrayList<>();
    try {
      for (Peer peer : options.peers()) {
        if (peer.serves(workload, options)) {
          contestants.add(start(peer, workload));
        }
      }
      warmUp(contestants, warmup(workload));
      Others others = new Others();
      long cpu = 0;
      for (int round = 0; round < options.rounds(); round++) {
        for (Contestant contestant : inOrder(contestants, round)) {
          cpu += contestant.measure(workload, options.duration());
        }
      }
      double share = others.share(cpu);
      Report.print(workload, contestants, share);
      run.addOthers(workload.word(), share);
      for (Contestant contestant : contestants) {
        run.add(workload.word(), contestant.peer.word(), Report.cpu(contestant));
      }
    } finally {
      contestants.forEach(Contestant::close);
    }
  }

  /**
   * In turns: the first to be warmed up gets fewer requests, since the clients are cold, too, and a
   * server with fewer requests has less of its code compiled when it is measured.
   */
  static void warmUp(List<Contestant> contestants, Duration duration) throws Exception {
    long turns = Math.max(1, duration.dividedBy(WARMUP_TURN));
    for (int turn = 0; turn < turns; turn++) {
      for (Contestant contestant : inOrder(contestants, turn)) {
        contestant.load.run(duration.dividedBy(turns));
      }
    }
  }

  /** All of them, each first as often as the others. */
  private static List<Contestant> inOrder(List<Contestant> contestants, int round) {
    List<Contestant> order = new ArrayList<>(contestants);
    Collections.rotate(order, -round);
    return order;
  }

  /**
   * The JDK's TLS engine takes longer to be compiled, and so does code that runs once per
   * connection, at two thousand connections per second.
   */
  private Duration warmup(Workload workload) {
    boolean slow = workload.isTls() && workload.engine.equals("jdk");
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
      return new DatagramClients(server, options.clients(workload), workload.bytes);
    }
    SslContext tls = workload.isTls() ? trusting() : null;
    return workload.isHandshake()
        ? new HandshakeClients(server, tls, options.clients(workload))
        : new StreamClients(
            server, tls, options.clients(workload), workload.bytes, workload.isBulk());
  }

  /**
   * The clients' TLS engine: the cheaper one if available, the same for all peers; cipher and key
   * exchange are those that all peers know.
   */
  private SslContext trusting() throws Exception {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
    if (OpenSsl.isAvailable()) {
      builder.option(OpenSslContextOption.GROUPS, new String[] {"X25519"});
    }
    return builder
        .protocols("TLSv1.3")
        .ciphers(List.of("TLS_AES_128_GCM_SHA256"))
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

    /** Returns the processor time that the server used, in nanoseconds. */
    long measure(Workload workload, Duration duration) throws Exception {
      Map<String, Long> before = process.cpuNanos();
      Load.Result result = load.run(duration);
      long cpu = process.cpuNanosSince(before);
      Measurement measured = Measurement.of(workload, result, cpu, process.residentBytes());
      rounds.add(measured);
      System.out.printf(
          Locale.ROOT,
          "round %d %-22s %-8s %s%n",
          rounds.size(),
          workload.word(),
          peer.word(),
          measured);
      return cpu;
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
