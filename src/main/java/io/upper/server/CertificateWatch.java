package io.upper.server;

import io.upper.config.FileWatch;
import io.upper.config.ServerSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the current contents of a TLS server's certificate files, warns before they expire, and
 * renews the pair that the server has made itself. Does nothing for other protocols. All methods
 * are called on the context of the server's owner.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private static final long POLL_MILLIS = 1_000;
  private static final Duration DAY = Duration.ofDays(1);

  private final Vertx vertx;
  private final ServerGroup group;
  private final Function<TlsCredentials, Future<Void>> installer;
  private final FileWatch files = new FileWatch();
  private final List<Long> timers = new ArrayList<>();
  private boolean polling;
  private boolean failing;

  /**
   * @param installer installs credentials on the listening sockets, for new connections
   */
  CertificateWatch(
      Vertx vertx, ServerGroup group, Function<TlsCredentials, Future<Void>> installer) {
    this.vertx = vertx;
    this.group = group;
    this.installer = installer;
  }

  /** Checks the files once a second, the expiry once a day. */
  void start() {
    if (served() != null) {
      checkExpiry(Instant.now());
      timers.add(vertx.setPeriodic(POLL_MILLIS, id -> poll()));
      timers.add(vertx.setPeriodic(DAY.toMillis(), id -> checkExpiry(Instant.now())));
    }
  }

  void stop() {
    timers.forEach(vertx::cancelTimer);
  }

  private TlsCredentials served() {
    return group.credentials().get();
  }

  /**
   * Renews the server's own pair if its time is coming, and warns of certificates that expire soon.
   *
   * @return completes when the new certificate is served to new connections, or the log says why
   *     not
   */
  Future<Void> checkExpiry(Instant now) {
    if (!served().isRenewalDue(now)) {
      warnOfExpiry(now);
      return Future.succeededFuture();
    }
    ServerSettings.Tls tls = group.settings().tls();
    return vertx
        .executeBlocking(() -> TlsCredentials.renew(tls, now))
        .otherwise(
            e -> {
              LOG.warn("tls cannot renew its certificate: {}", e.getMessage());
              return false;
            })
        .compose(
            renewed -> {
              if (renewed) {
                return reload();
              }
              warnOfExpiry(now);
              return Future.succeededFuture();
            });
  }

  private void warnOfExpiry(Instant now) {
    served().warnings(now).forEach(LOG::warn);
  }

  private void poll() {
    if (!polling) {
      polling = true;
      List<Path> paths = group.settings().tls().files();
      vertx
          .executeBlocking(() -> files.changed(paths))
          .compose(changed -> changed ? reload() : Future.succeededFuture())
          .onComplete(
              done -> {
                polling = false;
                report(done.cause());
              });
    }
  }

  /** Logs the first of consecutive failures; the next poll tries again. */
  private void report(Throwable failure) {
    if (failure != null && !failing) {
      LOG.error(
          "tls certificate: cannot check the files: {}; the watch continues", failure.toString());
    }
    failing = failure != null;
  }

  /**
   * Serves the current contents of the certificate files to new connections. If they are not valid,
   * the log says so and the previous credentials stay.
   */
  Future<Void> reload() {
    if (served() == null) {
      return Future.succeededFuture();
    }
    ServerSettings.Tls tls = group.settings().tls();
    return vertx
        .executeBlocking(() -> readAsBaseline(tls))
        .compose(
            read ->
                read.sameAs(served()) || !tls.sameFiles(group.settings().tls())
                    ? Future.succeededFuture()
                    : renew(read))
        .otherwise(
            e -> {
              LOG.warn("{}; tls continues with {}", e.getMessage(), served());
              return null;
            });
  }

  /** Records the contents as the baseline, so that the watch does not report them as a change. */
  private TlsCredentials readAsBaseline(ServerSettings.Tls tls) {
    files.recordBaseline(tls.files());
    return TlsCredentials.read(tls);
  }

  /** Serves the files of other settings; fails, and changes nothing, if they are not valid. */
  Future<Void> change(ServerSettings next) {
    return next.tls() == null || next.tls().sameFiles(group.settings().tls())
        ? Future.succeededFuture()
        : vertx.executeBlocking(() -> TlsCredentials.read(next.tls())).compose(this::renew);
  }

  /** Installs the credentials on a socket taken over from the previous server. */
  Future<Void> install() {
    return served() == null ? Future.succeededFuture() : installer.apply(served());
  }

  private Future<Void> renew(TlsCredentials credentials) {
    return installer
        .apply(credentials)
        .onSuccess(
            v -> {
              group.credentials().set(credentials);
              LOG.info("tls certificate: {}", credentials);
              warnOfExpiry(Instant.now());
            });
  }
}
