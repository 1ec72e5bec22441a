package io.upper.client;

import io.upper.config.Protocol;
import io.upper.config.Section;
import io.upper.net.Addresses;
import io.upper.text.TextCharset;

/**
 * A client's settings.
 *
 * @param ca path of the PEM certificate of the CA that signed the server's (TLS)
 * @param insecure whether to accept any certificate (TLS)
 * @param charset the server's charset, which determines the length of a reply
 * @param timeoutSeconds limit of connecting, of the TLS handshake, and of each reply; over UDP the
 *     time before a request is retransmitted
 */
public record ClientSettings(
    Protocol protocol,
    String host,
    int port,
    String ca,
    boolean insecure,
    TextCharset charset,
    int timeoutSeconds) {

  public static final String DEFAULT_CA = "certs/ca-cert.pem";
  public static final int DEFAULT_TIMEOUT_SECONDS = 5;

  /** Reads the settings of a {@link ClientVerticle}. */
  static ClientSettings read(Section section) {
    Protocol protocol = section.choice("protocol", Protocol.values(), Protocol::word);
    return new ClientSettings(
        protocol,
        section.text("host"),
        section.has("port") ? section.integer("port", 1, 65_535) : protocol.defaultPort(),
        section.text("ca"),
        section.flag("insecure"),
        section.choice("charset", TextCharset.values(), TextCharset::word),
        section.integer("timeoutSeconds", 1, 3_600));
  }

  String address() {
    return protocol.word() + " " + Addresses.text(host, port);
  }

  String timeout() {
    return timeoutSeconds + " s";
  }
}
