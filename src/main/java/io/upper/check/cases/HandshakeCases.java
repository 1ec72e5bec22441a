package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;
import static io.upper.check.Requirement.SHOULD;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Client;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Peer;
import io.upper.check.Symptom;
import io.upper.check.TlsPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;

/** The handshakes of TLS (RFC 8446, 5246), and who the server is. */
final class HandshakeCases {
  private static final Duration A_MOMENT = Duration.ofMillis(100);
  private static final int PIECE = 60;

  // The beginning of a handshake record that announces 512 bytes, which the server waits for.
  private static final byte[] HALF_A_RECORD = {22, 3, 1, 2, 0, 1};

  private static final String HANDSHAKE = "io.upper.server.HandshakeTimeout";
  private static final String VERTICLE = "io.upper.server.TlsServerVerticle";

  /** All of them. */
  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tls/handshake/version-1.3",
              SHOULD,
              BASIC,
              "The server speaks TLS 1.3.",
              "The library is old, or its versions are fixed in the code.",
              "It needs one round trip less, and has no weak ciphers.",
              "tls-server",
              VERTICLE,
              Cost.requests(1),
              Cost.requests(1),
              attempt -> version(attempt, "TLSv1.3")),
          new CheckCase(
              "tls/handshake/version-1.2",
              SHOULD,
              BASIC,
              "The server speaks TLS 1.2, too.",
              "The versions are fixed in the code.",
              "Older clients have nothing newer.",
              "tls-server",
              VERTICLE,
              Cost.requests(1),
              Cost.requests(1),
              attempt -> version(attempt, "TLSv1.2")),
          new CheckCase(
              "tls/handshake/no-version-1.1",
              SHOULD,
              ROBUST,
              "The server refuses TLS 1.1.",
              "The versions are fixed in the code, or an old library's.",
              "RFC 8996 forbids it.",
              "tls-server",
              VERTICLE,
              Cost.requests(0),
              Cost.requests(0),
              HandshakeCases::oldVersion),
          new CheckCase(
              "tls/identity/chain",
              MUST,
              BASIC,
              "The certificate is signed by the authority, and the server sends the whole chain.",
              "Only the server's own certificate is sent, or a self-made one.",
              "Who cannot check the server talks to anybody.",
              "tls-server",
              "io.upper.server.ServedCredentials",
              Cost.requests(1),
              Cost.requests(1),
              attempt -> identity(attempt, false)),
          new CheckCase(
              "tls/identity/name",
              MUST,
              BASIC,
              "The certificate has the name or address by which the server was asked.",
              "It has the name of another machine, or only a common name.",
              "Clients look at the subject's alternative names only (RFC 9110, 4.3.4).",
              "tls-server",
              "io.upper.cert.CertificateAuthority",
              Cost.requests(1),
              Cost.requests(1),
              attempt -> identity(attempt, true)),
          new CheckCase(
              "tls/handshake/cut-hello",
              MUST,
              ROBUST,
              "A ClientHello that arrives in pieces is put together.",
              "A read is taken for a record.",
              "With post-quantum key shares it no longer fits into one segment.",
              "tls-server",
              VERTICLE,
              Cost.requests(1),
              Cost.requests(1),
              HandshakeCases::cutHello),
          new CheckCase(
              "tls/handshake/stalled",
              SHOULD,
              ROBUST,
              "A client that stops in its handshake does not keep others waiting.",
              "The handshake runs in the thread that accepts.",
              "One silent client would stop the service.",
              "tls-server",
              HANDSHAKE,
              Cost.requests(1).pausing(A_MOMENT).together(2),
              Cost.requests(1).pausing(A_MOMENT).together(2),
              HandshakeCases::stalled),
          new CheckCase(
              "tls/handshake/plain-text",
              MUST,
              ROBUST,
              "A client without TLS is sent away, and the next one is served.",
              "The exception of the handshake ends the server.",
              "Somebody will open http:// with that port.",
              "tls-server",
              "io.upper.server.HandshakeFailure",
              Cost.requests(1),
              Cost.requests(1),
              HandshakeCases::plainText),
          new CheckCase(
              "tls/handshake/reset",
              MUST,
              ROBUST,
              "A client that resets in its handshake harms nobody: the next one is served.",
              "The exception of the handshake ends the server.",
              "Port scans and impatient clients do that.",
              "tls-server",
              "io.upper.server.HandshakeFailure",
              Cost.requests(1),
              Cost.requests(1),
              HandshakeCases::resetHandshake));

  private HandshakeCases() {}

  private static void version(Attempt attempt, String version) throws CheckFailure {
    TlsPeer peer = attempt.tls().connect(version);
    attempt.ask(peer, attempt.word());
  }

  private static void oldVersion(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.tls().openPlain();
    byte[] hello = OldHello.TLS_1_1;
    peer.send(hello);
    attempt.await(() -> peer.receivedCount() > 0 || peer.over());
    byte[] reply = peer.received();
    // A ServerHello is a handshake record (22) with a message of type 2.
    if (reply.length > 5 && reply[0] == 22 && reply[5] == 2) {
      throw new CheckFailure(
          Symptom.WRONG_BYTES, peer, "The server answered a TLS 1.1 client with a ServerHello.");
    }
  }

  private static void identity(Attempt attempt, boolean name) throws CheckFailure, NotApplicable {
    TlsPeer peer = attempt.tls().openVerifying(name);
    attempt.connected(peer);
    attempt.ask(peer, attempt.word());
  }

  private static void cutHello(Attempt attempt) throws CheckFailure {
    TlsPeer peer = attempt.tls().openHolding();
    attempt.await(() -> peer.state() != Client.State.CONNECTING);
    attempt.tls().sendInPieces(peer, peer.takeHello(), PIECE);
    attempt.connected(peer);
    attempt.ask(peer, attempt.word());
  }

  private static void stalled(Attempt attempt) throws CheckFailure {
    Peer silent = attempt.tls().openPlain();
    Peer half = attempt.tls().openPlain();
    attempt.await(
        () -> silent.state() != Client.State.CONNECTING && half.state() != Client.State.CONNECTING);
    half.send(HALF_A_RECORD);
    attempt.pause(A_MOMENT);
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void plainText(Attempt attempt) throws CheckFailure {
    Peer peer = attempt.tls().openPlain();
    peer.send("GET / HTTP/1.0\r\n\r\n");
    if (!attempt.await(peer::over)) {
      throw new CheckFailure(
          Symptom.NO_END, peer, "The server keeps a connection that does not speak TLS.");
    }
    attempt.ask(attempt.connect(), attempt.word());
  }

  private static void resetHandshake(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsReset();
    Peer peer = attempt.tls().openPlain();
    attempt.connected(peer);
    peer.send(HALF_A_RECORD);
    attempt.pause(A_MOMENT);
    try {
      peer.reset();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot reset a connection: " + e.getMessage(), e);
    }
    attempt.ask(attempt.connect(), attempt.word());
  }
}
