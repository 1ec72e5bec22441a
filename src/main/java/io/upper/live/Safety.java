package io.upper.live;

import io.upper.net.Addresses;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps others from the page and its buttons: other users of this machine by a token, other web
 * pages in the same browser by the Host header (DNS rebinding) and the Origin header. The token is
 * new at each start. It is in the query of the page and its events, since a browser cannot add a
 * header to those, and in a header of the buttons, which no form of another page can send.
 */
final class Safety {
  private static final String TOKEN_HEADER = "x-upper-token";
  private static final int TOKEN_BYTES = 16;

  /** The page runs its own scripts and styles only, and talks to this server only. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final byte[] token;
  private final String tokenText;
  // Host headers that mean this server: 127.0.0.1:2080.
  private final Set<String> hosts;
  private final Set<String> origins;

  /**
   * @param address of the admin port
   */
  Safety(InetSocketAddress address) {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    this.tokenText = HexFormat.of().formatHex(random);
    this.token = tokenText.getBytes(StandardCharsets.US_ASCII);
    this.hosts =
        Stream.of("127.0.0.1", "localhost", "::1", Addresses.text(address.getAddress()))
            .map(host -> Addresses.text(host, address.getPort()))
            // A browser leaves HTTP's own port out.
            .flatMap(host -> Stream.of(host, host.replaceFirst(":80$", "")))
            .collect(Collectors.toSet());
    this.origins = hosts.stream().map(host -> "http://" + host).collect(Collectors.toSet());
  }

  String token() {
    return tokenText;
  }

  /** Why a request is refused, in a line; null if host and origin are this server's. */
  String refusal(HttpServerRequest request) {
    return refusal(request.getHeader("host"), request.getHeader("origin"));
  }

  String refusal(String host, String origin) {
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      return "the Host header is not that of this server: open the link that it has printed";
    }
    return origin == null || origins.contains(origin.toLowerCase(Locale.ROOT))
        ? null
        : "another web page may not do this: open the link that this server has printed";
  }

  /** Whether the query has the token. */
  boolean hasTokenInQuery(HttpServerRequest request) {
    try {
      return isToken(request.getParam("token"));
    } catch (IllegalArgumentException e) {
      return false; // Not encoded as a query: %zz.
    }
  }

  /** Whether a header has the token; the query does not count. */
  boolean hasTokenInHeader(HttpServerRequest request) {
    return isToken(request.getHeader(TOKEN_HEADER));
  }

  /** Takes the same time for every wrong token. */
  private boolean isToken(String given) {
    return given != null && MessageDigest.isEqual(token, given.getBytes(StandardCharsets.UTF_8));
  }

  /** Sets the headers that every response has. */
  static void protect(HttpServerResponse response) {
    response
        .putHeader("content-security-policy", POLICY)
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("referrer-policy", "no-referrer")
        .putHeader("cross-origin-resource-policy", "same-origin")
        .putHeader("cross-origin-opener-policy", "same-origin")
        .putHeader("cache-control", "no-store");
  }
}
