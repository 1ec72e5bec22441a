package io.upper.client;

import io.upper.config.Protocol;
import io.upper.config.Section;
import io.upper.config.Services;
import io.upper.net.Addresses;
import io.upper.service.ConfiguredService;
import io.upper.text.TextCharset;
import java.util.HashMap;
import java.util.Map;

/**
 * A client's settings.
 *
 * @param ca path of the PEM certificate of the CA that signed the server's (TLS)
 * @param insecure whether to accept any certificate (TLS)
 * @param service the server's service, which determines the reply
 * @param timeoutSeconds limit of connecting, of the TLS handshake, and of each reply; over UDP the
 *     time before a request is retransmitted
 */
public record ClientSettings(
    Protocol protocol,
    String host,
    int port,
    String ca,
    boolean insecure,
    ConfiguredService service,
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
        readService(section),
        section.integer("timeoutSeconds", 1, 3_600));
  }

  private static ConfiguredService readService(Section section) {
    Map<String, String> settings = new HashMap<>();
    if (section.has("charset")) {
      TextCharset charset = section.choice("charset", TextCharset.values(), TextCharset::toString);
      settings.put("charset", charset.toString());
    }
    return Services.of("service", section.text("service"), "charset", settings);
  }

  String address() {
    return protocol.word() + " " + Addresses.text(host, port);
  }

  String timeout() {
    return timeoutSeconds + " s";
  }
}
