package io.upper.check.cases;

import static io.upper.check.Level.BASIC;
import static io.upper.check.Level.ROBUST;
import static io.upper.check.Requirement.MUST;
import static io.upper.check.Requirement.SHOULD;

import io.upper.check.Attempt;
import io.upper.check.CheckCase;
import io.upper.check.CheckFailure;
import io.upper.check.Cost;
import io.upper.check.NotApplicable;
import io.upper.check.Symptom;
import io.upper.check.TlsClients;
import io.upper.check.TlsPeer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The records of TLS, and how its connections end (RFC 8446). */
final class RecordCases {
  private static final int RECORDS = 5;
  private static final String HALF_CLOSE = "io.upper.server.OpenSslHalfClose";
  private static final String VERTICLE = "io.upper.server.TlsServerVerticle";

  /** All of them. */
  static final List<CheckCase> ALL =
      List.of(
          new CheckCase(
              "tls/stream/cut-record",
              MUST,
              BASIC,
              "A record that arrives byte by byte is put together.",
              "A read is taken for a record.",
              "The network cuts where it likes.",
              "tls-server",
              VERTICLE,
              Cost.requests(1).pausing(TlsClients.BETWEEN_PIECES.multipliedBy(35)),
              Cost.requests(1).pausing(TlsClients.BETWEEN_PIECES.multipliedBy(35)),
              RecordCases::cutRecord),
          new CheckCase(
              "tls/stream/joined-records",
              MUST,
              BASIC,
              "Several records in one segment are all replied to.",
              "After one read only the first record is looked at.",
              "The next read would wait for bytes that are already there.",
              "tls-server",
              VERTICLE,
              Cost.bytes(10 * RECORDS),
              Cost.bytes(10 * RECORDS),
              RecordCases::joinedRecords),
          new CheckCase(
              "tls/end/server-notifies",
              SHOULD,
              BASIC,
              "After the client's close_notify the server sends its own before it closes.",
              "The socket is closed below TLS.",
              "Without it an end cannot be told from a cut (RFC 8446, section 6.1).",
              "tls-server",
              HALF_CLOSE,
              Cost.requests(1),
              Cost.requests(1),
              RecordCases::serverNotifies),
          new CheckCase(
              "tls/end/reply-after-notify",
              SHOULD,
              ROBUST,
              "With TLS 1.3 the reply comes although the client has sent its close_notify.",
              "close_notify is taken for the end of both sides, as TLS 1.2 had it.",
              "openssl s_client ends so at the end of its input.",
              "tls-server",
              HALF_CLOSE,
              Cost.requests(1),
              Cost.requests(1),
              RecordCases::replyAfterNotify),
          new CheckCase(
              "tls/end/no-notify",
              SHOULD,
              ROBUST,
              "A client that ends its TCP side without a close_notify does not stay connected.",
              "Only close_notify ends the connection.",
              "Crashed clients send none, and the descriptors run out.",
              "tls-server",
              HALF_CLOSE,
              Cost.requests(1),
              Cost.requests(1),
              RecordCases::noNotify));

  private RecordCases() {}

  private static void cutRecord(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    TlsPeer peer = attempt.tls().connect();
    String text = attempt.message(attempt.word());
    peer.expect(attempt.traits().reply(text));
    attempt.tls().sendInPieces(peer, protect(peer, Attempt.utf8(text)), 1);
    attempt.replies(peer);
  }

  private static void joinedRecords(Attempt attempt) throws CheckFailure, NotApplicable {
    attempt.needsConversation();
    TlsPeer peer = attempt.tls().connect();
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = 0; i < RECORDS; i++) {
      String text = attempt.message(attempt.word());
      peer.expect(attempt.traits().reply(text));
      records.writeBytes(protect(peer, Attempt.utf8(text)));
    }
    peer.sendRaw(records.toByteArray());
    attempt.replies(peer);
  }

  private static byte[] protect(TlsPeer peer, byte[] message) {
    try {
      return peer.protect(message);
    } catch (IOException e) {
      throw new UncheckedIOException("no TLS: " + e.getMessage(), e);
    }
  }

  private static void serverNotifies(Attempt attempt) throws CheckFailure {
    TlsPeer peer = attempt.tls().connect();
    attempt.ask(peer, attempt.word());
    peer.endTls();
    attempt.await(peer::over);
    if (!peer.serverNotified()) {
      throw new CheckFailure(
          peer.over() ? Symptom.EARLY_END : Symptom.NO_END,
          peer,
          peer.over()
              ? "The server closed the connection without a close_notify."
              : "The server did not answer the close_notify.");
    }
  }

  private static void replyAfterNotify(Attempt attempt) throws CheckFailure, NotApplicable {
    TlsPeer peer = attempt.tls().connect();
    EndCases.needsHalfClose(peer);
    attempt.say(peer, attempt.word());
    peer.endTls();
    attempt.replies(peer);
  }

  private static void noNotify(Attempt attempt) throws CheckFailure {
    TlsPeer peer = attempt.tls().connect();
    attempt.ask(peer, attempt.word());
    peer.endTcp();
    if (!attempt.await(peer::over)) {
      throw new CheckFailure(
          Symptom.NO_END, peer, "The server keeps a connection whose client has ended.");
    }
  }
}
