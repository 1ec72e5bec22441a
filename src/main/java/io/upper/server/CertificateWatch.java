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
 * Has a TLS server show what its certificate files hold, and warns before they expire. Does nothing
 * for other servers. All methods are called on the context of the server's owner.
 */
final class CertificateWatch {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

  private static final long LOOK_MILLIS = 1_000;
  private static final Duration DAY = Duration.ofDays(1);

  private final Vertx vertx;
  private final ServerGroup group;
  private final Function<TlsCredentials, Future<Void>> shower;
  private final FileWatch files = new FileWatch();
  private final List<Long> timers = new ArrayList<>();
  private boolean looking;
  private boolean failing;

  /**
   * @param shower has the listening sockets show credentials to new connections
   */
  CertificateWatch(Vertx vertx, ServerGroup group, Function<TlsCredentials, Future<Void>> shower) {
    this.vertx = vertx;
    this.group = group;
    this.shower = shower;
  }

  /** Looks at the files once a second, at the expiry once a day. */
  void start() {
    if (served() != null) {
      warnOfExpiry();
      timers.add(vertx.setPeriodic(LOOK_MILLIS, id -> look()));
      timers.add(vertx.setPeriodic(DAY.toMillis(), id -> warnOfExpiry()));
    }
  }

  void stop() {
    timers.forEach(vertx::cancelTimer);
  }

  private TlsCredentials served() {
    return group.credentials().get();
  }

  private void warnOfExpiry() {
    served().warnings(Instant.now()).forEach(LOG::warn);
  }

  private void look() {
    if (!looking) {
      looking = true;
      List<Path> paths = group.settings().tls().files();
      vertx
          .executeBlocking(() -> files.changed(paths))
          .compose(changed -> changed ? reload() : Future.succeededFuture())
          .onComplete(
              done -> {
                looking = false;
                report(done.cause());
              });
    }
  }

  /** The first failure in a row; the next look is as good as the one before. */
  private void report(Throwable failure) {
    if (failure != null && !failing) {
      LOG.error("tls certificate: cannot be looked at: {}; the watch goes on", failure.toString());
    }
    failing = failure != null;
  }

  /**
   * Shows and trusts what the certificate files hold now; what cannot be served is told in the log,
   * and what is served stays. New connections get it, those that are open go on.
   */
  Future<Void> reload() {
    if (served() == null) {
      return Future.succeededFuture();
    }
    ServerSettings.Tls tls = group.settings().tls();
    return vertx
        .executeBlocking(() -> readKnown(tls))
        .compose(
            read ->
                read.sameAs(served()) || !tls.sameFiles(group.settings().tls())
                    ? Future.succeededFuture()
                    : renew(read))
        .otherwise(
            e -> {
              LOG.warn("{}; tls goes on with {}", e.getMessage(), served());
              return null;
            });
  }

  /** What is read now is not told as a change later. */
  private TlsCredentials readKnown(ServerSettings.Tls tls) {
    files.know(tls.files());
    return TlsCredentials.read(tls);
  }

  /** Shows what the files of other settings hold; fails, with nothing changed, if it cannot. */
  Future<Void> change(ServerSettings next) {
    return next.tls() == null || next.tls().sameFiles(group.settings().tls())
        ? Future.succeededFuture()
        : vertx.executeBlocking(() -> TlsCredentials.read(next.tls())).compose(this::renew);
  }

  /** A socket that was shared with the server before shows the certificates of that one. */
  Future<Void> show() {
    return served() == null ? Future.succeededFuture() : shower.apply(served());
  }

  private Future<Void> renew(TlsCredentials credentials) {
    return shower
        .apply(credentials)
        .onSuccess(
            v -> {
              group.credentials().set(credentials);
              LOG.info("tls certificate: {}", credentials);
              warnOfExpiry();
            });
  }
}
