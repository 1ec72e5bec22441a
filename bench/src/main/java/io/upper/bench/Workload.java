package io.upper.bench;

import java.util.Locale;

/** The load on a server. The order is that of the report. */
enum Workload {
  TCP_64("tcp", 64, 64, "jdk"),
  TCP_16K("tcp", 16 * 1024, 64, "jdk"),
  TCP_BULK("tcp", 64 * 1024, 2, "jdk"),
  UDP_64("udp", 64, 64, "jdk"),
  TLS_64("tls", 64, 64, "jdk"),
  TLS_16K("tls", 16 * 1024, 64, "jdk"),
  TLS_BULK("tls", 64 * 1024, 2, "jdk"),
  TLS_HANDSHAKE("tls", 0, 8, "jdk"),
  TLS_64_OPENSSL("tls", 64, 64, "openssl"),
  TLS_16K_OPENSSL("tls", 16 * 1024, 64, "openssl"),
  TLS_HANDSHAKE_OPENSSL("tls", 0, 8, "openssl");

  final String protocol;

  /** Bytes per message, or per write of a stream. */
  final int bytes;

  /** Number of concurrent clients. */
  final int clients;

  /** The server's TLS engine. */
  final String engine;

  Workload(String protocol, int bytes, int clients, String engine) {
    this.protocol = protocol;
    this.bytes = bytes;
    this.clients = clients;
    this.engine = engine;
  }

  /** Its name on the command line. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean isTls() {
    return protocol.equals("tls");
  }

  boolean isBulk() {
    return name().contains("BULK");
  }

  boolean isHandshake() {
    return name().contains("HANDSHAKE");
  }

  /** The unit counted: MiB of a stream, otherwise messages or handshakes. */
  String unit() {
    return isBulk() ? "MiB" : isHandshake() ? "handshake" : "message";
  }
}
