package io.upper.client;

import io.upper.config.Protocol;
import io.upper.config.Section;
import io.upper.net.Addresses;
import io.upper.text.TextCharset;

/**
 * Where and how to ask.
 *
 * @param ca path of the PEM certificate that signed the server's (TLS)
 * @param insecure whether any certificate will do (TLS)
 * @param charset what the server makes uppercase; it decides how long a reply is
 * @param timeoutSeconds how long a reply may take, over UDP before the request is sent again; and
 *     how long a connection, and a TLS handshake, may take
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
