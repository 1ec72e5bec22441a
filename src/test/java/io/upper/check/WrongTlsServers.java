package io.upper.check;

import static io.upper.check.WrongServer.joined;

import io.upper.cert.ServerIdentities;
import io.upper.check.WrongTlsServer.Secured;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** For each case that only TLS has a server that fails it, and some faults that TCP has, too. */
final class WrongTlsServers {
  private static final int HEADER = 5;

  // One of each kind of symptom.
  private static final Set<String> OF_TCP =
      Set.of(
          "tcp/serves/at-start",
          "tcp/basic/one-letter",
          "tcp/basic/nothing-unasked",
          "tcp/basic/ascii",
          "tcp/basic/hundred-letters",
          "tcp/stream/reply-while-sending",
          "tcp/text/cut-2",
          "tcp/many/ten-at-once");
  private static final String ENDED =
      "The server ended the connection after 0 of # expected bytes.";
  // It depends on the moment.
  private static final String GONE =
      "No connection: Connection refused."
          + "|The connection was reset after 0 of # expected bytes."
          + "|"
          + ENDED
          + "|No TLS: the server ended the connection during the handshake."
          + "|No TLS: the server reset the connection during the handshake.";

  private WrongTlsServers() {}

  private static Wrong wrong(String id, String reason, Consumer<WrongTlsServer> fault) {
    return Wrong.of("tls/" + id, reason, server -> fault.accept((WrongTlsServer) server));
  }

  /** Why there is no TLS; newer JDKs name the alert, too. */
  private static String noTls(String alert, String reason) {
    return "No TLS: " + reason + ".|No TLS: (" + alert + ") " + reason + ".";
  }

  private static Wrong speaks(String missing, String version) {
    return wrong(
        "handshake/version-" + missing,
        noTls("protocol_version", "Received fatal alert: protocol_version"),
        server -> server.versions = new String[] {version});
  }

  private static Wrong untrusted(Consumer<WrongTlsServer> fault) {
    return wrong(
            "identity/chain",
            noTls(
                "certificate_unknown",
                "PKIX path building failed:"
                    + " sun.security.provider.certpath.SunCertPathBuilderException:"
                    + " unable to find valid certification path to requested target"),
            fault)
        .beside("identity/name");
  }

  /** It works on what a read brings as it is; if that is too little, an exception ends it. */
  private static Consumer<WrongTlsServer> needs(Predicate<Secured> when, boolean wholeRecord) {
    return server ->
        server.network =
            connection -> {
              byte[] read = connection.fromNetwork();
              if (read != null && when.test(connection)) {
                int needed = wholeRecord && read.length >= HEADER ? HEADER + length(read) : HEADER;
                if (read.length < needed) {
                  throw new EOFException("a part of a record");
                }
              }
              return read;
            };
  }

  /** All of them, in the order of the cases. */
  static List<Wrong> all() {
    List<Wrong> all = new ArrayList<>();
    WrongServers.all().stream()
        .filter(wrong -> OF_TCP.contains(wrong.id()))
        .map(Wrong::overTls)
        .forEach(all::add);
    all.addAll(ofTls());
    return all;
  }

  private static List<Wrong> ofTls() {
    return List.of(
        // One message per connection; with TLS 1.2 its close_notify ends the client's side, too.
        wrong(
                "basic/two-messages",
                "The server ended the connection after # of # expected bytes.",
                server -> {
                  server.versions = new String[] {"TLSv1.2"};
                  server.serve =
                      connection -> {
                        byte[] read = connection.read(1024);
                        if (read != null) {
                          connection.write(server.map.of(connection, read));
                        }
                      };
                })
            .beside("basic/order")
            .only("serves", "basic"),
        // The header of a record is taken from one read.
        wrong(
            "stream/cut-record",
            ENDED + "|The connection was reset after 0 of # expected bytes.",
            needs(Secured::established, false)),
        wrong(
                "stream/joined-records",
                "# of # expected bytes came, then nothing for # s.",
                server -> server.network = WrongTlsServers::oneRecord)
            .only("serves", "stream/joined-records", "stream/cut-record", "handshake", "identity")
            .hangs(),
        wrong(
            "end/server-notifies",
            "The server closed the connection without a close_notify.",
            server -> server.bye = connection -> {}),
        // It waits for the client's FIN, and then closes.
        wrong(
                "end/server-notifies",
                "The server did not answer the close_notify.",
                server ->
                    server.bye =
                        connection -> {
                          while (!connection.broken && connection.fromNetwork() != null) {
                            // It does not look at it.
                          }
                        })
            .hangs(),
        // The reply is made by a thread that takes its time, and the close_notify overtakes it.
        wrong(
                "end/reply-after-notify",
                ENDED,
                server ->
                    WrongServers.overtaken(connection -> connection.reads == 1).accept(server))
            .beside("end/reply-after-fin")
            .perhaps("end/bulk-and-fin"),
        wrong(
                "end/no-notify",
                "The server keeps a connection whose client has ended.",
                server -> server.cut = connection -> WrongServer.sleep(60_000))
            .hangs(),
        speaks("1.3", "TLSv1.2"),
        speaks("1.2", "TLSv1.3"),
        // Signed by nobody whom the client knows.
        untrusted(server -> server.certificate = ServerIdentities.STRANGER),
        // Signed by somebody whom the client does not know, and who is not in the chain.
        untrusted(server -> server.chain = 1),
        wrong(
            "identity/name",
            noTls(
                "certificate_unknown", "No subject alternative DNS name matching localhost found"),
            server -> server.certificate = ServerIdentities.ELSEWHERE),
        wrong("handshake/cut-hello", GONE, needs(connection -> !connection.established(), true)),
        // The handshake is a matter of the thread that accepts.
        wrong(
                "handshake/stalled",
                "No TLS: the handshake was not complete in # s.",
                server -> server.accepted = WrongTlsServers::tryHandshake)
            .hangs(),
        wrong(
                "handshake/plain-text",
                "The server keeps a connection that does not speak TLS.",
                server -> server.refused = connection -> WrongServer.sleep(60_000))
            .hangs(),
        wrong(
                "handshake/reset",
                GONE,
                server ->
                    server.lost =
                        connection -> {
                          Secured secured = (Secured) connection;
                          if (!secured.established() && !secured.broken) {
                            server.close();
                          }
                        })
            .beside("end/reset-in-flight", "end/reset-at-once", "serves/at-end"));
  }

  private static void tryHandshake(Secured connection) {
    try {
      connection.handshake();
    } catch (IOException e) {
      // The thread of this connection will see it, too.
    }
  }

  /** After its first message it looks, of each read, at the first record only. */
  private static byte[] oneRecord(Secured connection) throws IOException {
    byte[] all = connection.held;
    if (connection.reads > 0 || !isRecord(all)) {
      byte[] read = connection.fromNetwork();
      if (read == null) {
        return null;
      }
      all = joined(all, read);
    }
    int end = isRecord(all) ? HEADER + length(all) : all.length;
    connection.held = Arrays.copyOfRange(all, end, all.length);
    return Arrays.copyOf(all, end);
  }

  private static boolean isRecord(byte[] records) {
    return records.length >= HEADER && records.length >= HEADER + length(records);
  }

  /** Of the first record, without its header. */
  private static int length(byte[] records) {
    return (records[3] & 0xff) << 8 | records[4] & 0xff;
  }
}
