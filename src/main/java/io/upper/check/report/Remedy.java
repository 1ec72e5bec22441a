package io.upper.check.report;

import io.upper.check.CheckCase;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a server is mended that fails a case. Few sentences serve many cases. */
final class Remedy {
  /** Of the cases with these ids. */
  private record Row(Pattern ids, String sentence) {}

  private static final List<Row> ROWS =
      List.of(
          row(
              ".*/serves/.*|t.*/end/(unread-replies|reset-.*)|.*/invalid-bytes|.*/noise"
                  + "|udp/.*/reply-too-long|tls/handshake/(plain-text|reset)",
              "Catch the errors of one client where it is served, close its connection, and go on"
                  + " with the others."),
          row(
              ".*/(twenty-resets|100-in-turn|1000-resets)",
              "Give back what a client has used (socket, thread, process, place in a list) on"
                  + " every way out, also after an error."),
          row(
              "t.*/basic/(one-letter|two-messages|empty)"
                  + "|t.*/stream/(byte-by-byte|coalesced|pause|reply-while-sending)",
              "In a loop: read what has come, reply to all of it at once, read again. A read of no"
                  + " bytes is the end, and nothing else is."),
          row(
              ".*/nothing-unasked",
              "Send the mapped text and nothing else: no greeting, no line end (print, not"
                  + " println), and of a buffer only the part that was filled."),
          row(
              "t.*/(hundred-letters|64-kib|8-mib|late-reader|bulk-and-fin|reads-on)",
              "A write may take only a part: keep the rest with its connection, wait until the"
                  + " socket can be written, and go on there; close only when nothing is left."),
          row(
              "t.*/(order|fin-in-flight)",
              "Do what a connection brings in the order in which it comes, one thing at a time, and"
                  + " its end last."),
          row(
              "t.*/end/(reply-after-fin|server-ends-too)",
              "When a read says that the client has ended its side, write all that is still to be"
                  + " written, and then close the socket."),
          row(
              ".*/(cut-[2-4]|cut-by-buffer|utf-8-byte-by-byte|half-a-char.*|cut-characters-apart)",
              "Give each connection a decoder of its own, which keeps the bytes of an unfinished"
                  + " character for the next read, and at the end gives out what is left."),
          row(
              ".*/(uncased|combining|byte-order-mark|controls|crlf)",
              "Leave everything that is no letter as it came: do not trim it, split it into lines,"
                  + " normalise it, or skip a byte order mark."),
          row(
              "(tcp|udp)/text/.*|.*/(one-message|one-datagram|ascii)",
              "Decode and encode as UTF-8, map the whole text (not each char) with the language's"
                  + " own function and no locale, and send as many bytes as that gives."),
          row(
              ".*/(cross-talk|two-clients|ten-clients)",
              "Keep buffers, addresses and unfinished text in variables of each connection or"
                  + " datagram, not in ones that all of them share."),
          row(
              ".*/(stalled-client|beside-bulk|never-reads|stalled|200-idle|1000-idle)",
              "Never wait for one client where all are served: a thread for each, or sockets that"
                  + " do not block, with poll or epoll (select ends at 1,024 descriptors)."),
          row(
              ".*/(ten-at-once|burst-of-100|next-client)",
              "Accept in a loop, again as soon as possible, with a backlog of 128 or more."),
          row(
              ".*/(back-pressure|memory)",
              "As long as a reply to a client waits to be written, do not read from that client."),
          row(
              ".*/life/.*restart.*",
              "Set SO_REUSEADDR on the listening socket before it is bound."),
          row(
              ".*/life/.*(flight|sigterm).*",
              "At SIGTERM stop accepting, write the replies that are being made, close, and exit."),
          row(
              ".*/life/.*port.*",
              "If the port cannot be bound, say so and exit with a status other than 0."),
          row(".*/life/.*orphan.*", "End all child processes, and wait for them, before exiting."),
          row(
              ".*/life/.*(descriptor|idle).*",
              "When accept fails for lack of descriptors, serve the clients that are there, and"
                  + " accept again when one of them has left."),
          row(
              "udp/(size/.*|basic/(one-reply|shorter-after-longer))",
              "Receive into a buffer of 65,507 bytes or more, and reply once, to exactly as many"
                  + " bytes as were received, which may be none."),
          row(
              "udp/basic/asked-address",
              "Reply through the socket that has received; on several addresses, from the one that"
                  + " was asked."),
          row(
              "udp/many/burst",
              "Give the socket a larger receive buffer (SO_RCVBUF), and do the work elsewhere."),
          row(
              "tls/.*/(cut-record|joined-records|cut-hello)",
              "Leave records to the TLS library: hand it what has come, and take from it until it"
                  + " has nothing more."),
          row(
              "tls/end/.*",
              "Send close_notify before the socket is closed, after the last reply, and take the end"
                  + " of the TCP side for an end, too."),
          row(
              "tls/handshake/.*version.*",
              "Use a current library with TLS 1.2 and 1.3 enabled, and no older version."),
          row(
              "tls/identity/.*",
              "Send the certificate with those that signed it, and with the server's name and"
                  + " address as subjectAltName."));

  private Remedy() {}

  private static Row row(String ids, String sentence) {
    return new Row(Pattern.compile(ids), sentence);
  }

  /** A sentence or two; empty for a case that no row knows. */
  static Optional<String> of(CheckCase check) {
    return ROWS.stream()
        .filter(row -> row.ids().matcher(check.id()).matches())
        .map(Row::sentence)
        .findFirst();
  }
}
