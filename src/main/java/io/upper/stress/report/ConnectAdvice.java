package io.upper.stress.report;

import io.upper.client.ClientSettings;
import io.upper.net.Addresses;
import io.upper.report.Units;
import io.upper.stress.Refusal;
import io.upper.stress.StressResult;
import io.upper.stress.StressSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Why clients could not connect, and what to do about it. */
final class ConnectAdvice {
  private final StressResult result;
  private final StressSettings settings;
  private final String target;

  ConnectAdvice(StressResult result) {
    this.result = result;
    this.settings = result.settings();
    this.target = LoadText.target(settings);
  }

  /** All limits of this machine in one note. */
  Optional<String> limits() {
    long descriptors = result.refusals().get(Refusal.DESCRIPTORS);
    long ports = result.refusals().get(Refusal.PORTS);
    List<String> limits = new ArrayList<>();
    if (descriptors > 0) {
      limits.add(
          String.format(
              Locale.ROOT,
              "no more open files, %s (raise ulimit -n, or use fewer clients)",
              Units.plural(descriptors, "time")));
    }
    if (ports > 0) {
      limits.add(
          String.format(
              Locale.ROOT,
              "no free ephemeral port, %s (%s)",
              Units.plural(ports, "time"),
              settings.reconnect()
                  ? "ports rest for a minute after each connection: omit --reconnect, or"
                      + " send less"
                  : "use fewer clients, or a larger net.ipv4.ip_local_port_range"));
    }
    return limits.isEmpty()
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "limits of this machine, not of the server: %s; requests not sent for that reason are not errors",
                String.join("; ", limits)));
  }

  /** Why no client at all could connect: the most frequent reason. */
  Optional<String> unreached() {
    Optional<Refusal> most =
        Arrays.stream(Refusal.values())
            .filter(reason -> !reason.isOwn() && result.refusals().get(reason) > 0)
            .max(Comparator.comparing(result.refusals()::get));
    if (most.isPresent()) {
      return most.map(reason -> "no client could connect: " + text(reason));
    }
    // UDP: nothing at all arrived.
    return result.errors() == 0
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "no reply came from %s: nothing listens there, datagrams do not get through, or it replies from another address",
                target));
  }

  private String text(Refusal refusal) {
    String timeout = LoadText.seconds(settings.timeout()) + " (--timeout)";
    return switch (refusal) {
      case NOT_LISTENING -> "nothing listens on " + target + "; start a server with: upper serve";
      case NO_ANSWER ->
          String.format(
              Locale.ROOT,
              "%s did not answer within %s: the host is down, or a firewall drops what is sent there",
              target,
              timeout);
      case HANDSHAKE_TIMED_OUT ->
          String.format(
              Locale.ROOT,
              "%s accepts connections, but no TLS handshake completed within %s",
              target,
              timeout);
      case HANDSHAKE_FAILED ->
          target + " accepts connections, but the TLS handshake fails: does it speak TLS?";
      case CERTIFICATE_REFUSED ->
          target + " has a certificate that " + settings.client().ca() + untrusted();
      case CERTIFICATE_WANTED ->
          target + " requires a client certificate, and upper stress has none";
      default ->
          Addresses.isPath(settings.client().host())
              ? target + " is full, or this user may not write to its file"
              : "no route to " + target;
    };
  }

  private String untrusted() {
    return settings.client().ca().equals(ClientSettings.DEFAULT_CA)
        ? " did not sign for that name; pass its CA with --ca, or trust any server"
            + " with --insecure"
        : " (--ca) did not sign for that name; --insecure trusts any server";
  }
}
