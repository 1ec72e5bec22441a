package io.upper.check;

import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;

/** What cases of TLS do with their attempt's clients. Used by the grader's thread only. */
public final class TlsClients {
  /** Long enough for the server to read each piece alone. */
  public static final Duration BETWEEN_PIECES = Duration.ofMillis(5);

  private final Attempt attempt;
  private final Clients clients;
  private final TlsIdentity identity;

  TlsClients(Attempt attempt, Clients clients, TlsIdentity identity) {
    this.attempt = attempt;
    this.clients = clients;
    this.identity = identity;
  }

  /**
   * A client that begins to connect, and accepts any certificate.
   *
   * @param versions that it offers; by default those of the JDK
   */
  public TlsPeer open(String... versions) {
    return clients.openTls(identity.engine(versions), false);
  }

  /** A connected client. */
  public TlsPeer connect(String... versions) throws CheckFailure {
    TlsPeer peer = open(versions);
    attempt.connected(peer);
    return peer;
  }

  /**
   * A client that begins to connect, and checks the certificate.
   *
   * @param name whether it checks the name, too
   * @throws NotApplicable if the user named no authority
   */
  public TlsPeer openVerifying(boolean name) throws NotApplicable {
    SSLEngine engine =
        identity
            .verifyingEngine(name)
            .orElseThrow(() -> new NotApplicable("no authority to check it with: give --ca"));
    return clients.openTls(engine, false);
  }

  /** A client that begins to connect; the case sends its ClientHello. */
  public TlsPeer openHolding() {
    return clients.openTls(identity.engine(), true);
  }

  /** A client without TLS, at the same port. */
  public Peer openPlain() {
    return clients.open();
  }

  /** Sends bytes as they are, so many at a time, with {@link #BETWEEN_PIECES} after each. */
  public void sendInPieces(TlsPeer peer, byte[] bytes, int size) {
    for (int from = 0; from < bytes.length; from += size) {
      peer.sendRaw(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + size)));
      attempt.pause(BETWEEN_PIECES);
    }
  }

  /** Waits until a handshake is complete. */
  public void handshake(TlsPeer peer) throws CheckFailure {
    boolean done = attempt.await(() -> peer.established() || peer.over());
    if (peer.established()) {
      return;
    }
    throw new CheckFailure(
        Symptom.HANDSHAKE,
        peer,
        "No TLS: "
            + (done
                ? reason(peer)
                : "the handshake was not complete in " + attempt.waited() + "."));
  }

  private static String reason(Peer peer) {
    return switch (peer.state()) {
      case SERVER_ENDED -> "the server ended the connection during the handshake.";
      case RESET -> "the server reset the connection during the handshake.";
      // Some messages of the JDK end with a full stop.
      default -> String.valueOf(peer.failure().getMessage()).replaceFirst("\\.?$", ".");
    };
  }
}
