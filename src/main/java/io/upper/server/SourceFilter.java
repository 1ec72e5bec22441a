package io.upper.server;

import static io.upper.server.RejectionCounter.Reason.LOW_PORT;
import static io.upper.server.RejectionCounter.Reason.OWN_PORT;
import static io.upper.server.RejectionCounter.Reason.RATE;

import io.upper.net.Addresses;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.IntSupplier;

/**
 * Which datagrams may be answered, by their source.
 *
 * <p>A datagram's source can be forged, so the service could be made to talk to another one, or to
 * itself, without end: an uppercase text is its own uppercase. Three things stand against that.
 *
 * <ul>
 *   <li>Datagrams from ports below 1024 are dropped: there answer echo (RFC 862), chargen (RFC
 *       864), DNS, NTP and the like, but no client sends from there.
 *   <li>Datagrams from the server's own port, whatever the address, are dropped: they come from
 *       this service or its twin on another host. A client's port is chosen by its system, among
 *       the ephemeral ones; give the server a port outside of them.
 *   <li>With {@code ratePerSource}, a dialogue with a twin on another port that is faster than the
 *       rate finds its bucket empty, and the datagram that is dropped then is the dialogue's last;
 *       a slower one goes on, but all from one address together stay below the rate.
 * </ul>
 */
final class SourceFilter {
  // Below are the system ports (RFC 6335, section 6).
  private static final int FIRST_USER_PORT = 1_024;

  private final ServerGroup group;
  private final IntSupplier ownPort;

  /**
   * @param ownPort 0 until the server knows it
   */
  SourceFilter(ServerGroup group, IntSupplier ownPort) {
    this.group = group;
    this.ownPort = ownPort;
  }

  /** Whether a datagram of that source may be answered; if not, that is counted. */
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
