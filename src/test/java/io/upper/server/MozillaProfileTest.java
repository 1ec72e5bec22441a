package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.handler.ssl.OpenSsl;
import io.upper.config.Protocol;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Both engines accept what Mozilla's Intermediate profile does, and nothing else but two groups
 * that are stronger than those in it. The profile is that of version 6.0 of the guidelines
 * (github.com/mozilla/ssl-config-generator, src/static/guidelines/6.0.json, read on 2026-11-27).
 */
@Tag("slow")
@Timeout(120)
class MozillaProfileTest {
  private static final List<String> PROTOCOLS = List.of("tls1_2", "tls1_3");

  // OpenSSL's names.
  private static final List<String> TLS_1_2 =
      List.of(
          "ECDHE-ECDSA-AES128-GCM-SHA256",
          "ECDHE-RSA-AES128-GCM-SHA256",
          "ECDHE-ECDSA-AES256-GCM-SHA384",
          "ECDHE-RSA-AES256-GCM-SHA384",
          "ECDHE-ECDSA-CHACHA20-POLY1305",
          "ECDHE-RSA-CHACHA20-POLY1305");
  private static final List<String> TLS_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
  private static final List<String> GROUPS =
      List.of("X25519MLKEM768", "X25519", "prime256v1", "secp384r1");

  // What a client may offer instead, or offers only.
  private static final List<String> OTHER_PROTOCOLS = List.of("tls1", "tls1_1");
  private static final List<String> OTHER_TLS_1_3 =
      List.of("TLS_AES_128_CCM_SHA256", "TLS_AES_128_CCM_8_SHA256");
  private static final List<String> OTHER_GROUPS =
      List.of("secp521r1", "X448", "ffdhe2048", "ffdhe3072", "ffdhe4096", "secp256k1");
  private static final Map<String, List<String>> STRONGER =
      Map.of("openssl", List.of("secp521r1"), "jdk", List.of("secp521r1", "X448"));
  // Of the JDK's engine from Java 27 on.
  private static final String HYBRID = "X25519MLKEM768";

  // Otherwise it is (NONE).
  private static final Pattern CIPHER = Pattern.compile("Cipher is [A-Z]");

  @RegisterExtension final Servers servers = new Servers();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"openssl", "jdk"})
  void onlyTheProfileIsAccepted(String engine) throws Exception {
    assumeTrue(engine.equals("jdk") || OpenSsl.isAvailable(), "there is no OpenSSL engine");
    assumeTrue(SClient.isAvailable(), "there is no openssl 3");
    int port = servers.start(Protocol.TLS, config(engine)).await().port();

    assertEquals(
        PROTOCOLS,
        accepted(port, "-%s -cipher ALL@SECLEVEL=0", PROTOCOLS, OTHER_PROTOCOLS),
        "protocols");
    // OpenSSL's engine chooses the pair by the signatures that the client verifies.
    assertEquals(
        TLS_1_2,
        Stream.of("ECDSA", "RSA")
            .flatMap(
                type ->
                    accepted(
                        port,
                        "-tls1_2 -sigalgs " + type + "+SHA256 -cipher %s@SECLEVEL=0",
                        TLS_1_2,
                        List.of(allBut(TLS_1_2)))
                        .stream())
            .sorted(Comparator.comparing(TLS_1_2::indexOf))
            .toList());
    assertEquals(TLS_1_3, accepted(port, "-tls1_3 -ciphersuites %s", TLS_1_3, OTHER_TLS_1_3));
    List<String> groups =
        GROUPS.stream().filter(group -> !group.equals(HYBRID) || hasHybrid(engine)).toList();
    assertEquals(
        Stream.concat(groups.stream(), STRONGER.get(engine).stream()).toList(),
        accepted(port, "-tls1_3 -groups %s", groups, OTHER_GROUPS));
  }

  private static boolean hasHybrid(String engine) {
    return SClient.version() >= 3.5
        && (engine.equals("openssl") || Runtime.version().feature() >= 27);
  }

  private static List<String> accepted(
      int port, String offer, List<String> inProfile, List<String> others) {
    return Stream.concat(inProfile.stream(), others.stream())
        .filter(value -> isAccepted(port, offer.formatted(value)))
        .toList();
  }

  private static boolean isAccepted(int port, String offer) {
    try {
      return CIPHER.matcher(SClient.output(port, offer.split(" "))).find();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String allBut(List<String> ciphers) {
    return "ALL:COMPLEMENTOFALL:!" + String.join(":!", ciphers);
  }

  /** With a pair for each kind of TLS 1.2's cipher suites. */
  private JsonObject config(String engine) throws Exception {
    Path certificate = directory.resolve("rsa.pem");
    Path key = directory.resolve("rsa.key");
    SClient.run(
        List.of(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            key.toString(),
            "-out",
            certificate.toString()));
    return Servers.config("event-loop")
        .put("engine", engine)
        .put(
            "certificates",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("certificate", certificate.toString())
                        .put("key", key.toString())));
  }
}
