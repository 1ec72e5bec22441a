package io.upper.server;

import static io.upper.server.RejectionCounter.Reason.LOW_PORT;
import static io.upper.server.RejectionCounter.Reason.OWN_PORT;
import static io.upper.server.RejectionCounter.Reason.RATE;

import io.upper.net.Addresses;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.IntSupplier;

/**
 * Decides by their source which datagrams may be answered.
 *
 * <p>A datagram's source can be forged, which could make the service exchange datagrams with
 * another one, or with itself, in an endless loop: the uppercase of uppercase text is the same
 * text. Three rules prevent that.
 *
 * <ul>
 *   <li>Datagrams from ports below 1024 are dropped: echo (RFC 862), chargen (RFC 864), DNS and NTP
 *       reply from there, but no client sends from there.
 *   <li>Datagrams from the server's own port, at any address, are dropped: they come from this
 *       service or the same one on another host. Clients use ephemeral ports; give the server a
 *       port outside that range.
 *   <li>With {@code ratePerSource}, a loop with the same service on another port ends when it
 *       exceeds the rate, since it does not survive a dropped datagram; a slower one continues, but
 *       all loops with one address together stay below the rate.
 * </ul>
 */
final class SourceFilter {
  // Ports below are system ports (RFC 6335, section 6).
  private static final int FIRST_USER_PORT = 1_024;

  private final ServerGroup group;
  private final IntSupplier ownPort;

  /**
   * @param ownPort 0 until the port is known
   */
  SourceFilter(ServerGroup group, IntSupplier ownPort) {
    this.group = group;
    this.ownPort = ownPort;
  }

  /** Whether a datagram from that source may be answered; counts a rejection if not. */
  boolean admits(InetSocketAddress source) {
    Admission admission = group.admission();
    if (source.getPort() < FIRST_USER_PORT) {
      admission
          .rejections()
          .count(LOW_PORT, () -> "its source " + Addresses.text(source) + " is a port below 1024");
    } else if (source.getPort() == ownPort.getAsInt()) {
      admission
          .rejections()
          .count(
              OWN_PORT,
              () -> "its source " + Addresses.text(source) + " has the server's own port");
    } else if (!admission.takeToken(source.getAddress())) {
      admission
          .rejections()
          .count(
              RATE,
              () ->
                  String.format(
                      Locale.ROOT,
                      "%s sends more than %d a second",
                      Addresses.text(source.getAddress()),
                      group.settings().ratePerSource()));
    } else {
      return true;
    }
    return false;
  }
}
