package io.upper.cluster;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proves to another member that this one has the cluster's secret, without sending it: an HMAC
 * (SHA-256, RFC 2104) over the random numbers of both sides and their ids. Both sides prove, each
 * with its own label, so that no proof can be sent back.
 *
 * <pre>
 *   gateway  -- challenge: gateway's number --------------> node
 *   gateway  <- answer: node's number, proof "node" ------- node
 *   gateway  -- welcome: proof "gateway" -----------------> node     then jobs, with a token
 * </pre>
 */
final class Proof {
  /** Length of a token in bytes. */
  static final int LENGTH = 16;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String ALGORITHM = "HmacSHA256";

  private final SecretKeySpec key;

  /**
   * @param secret null for none: then every process of this machine has it
   */
  Proof(String cluster, String secret) {
    String text = cluster + '\0' + (secret == null ? "" : secret);
    this.key = new SecretKeySpec(text.getBytes(StandardCharsets.UTF_8), ALGORITHM);
  }

  /** A random number that is used once. */
  static String number() {
    byte[] bytes = new byte[LENGTH];
    RANDOM.nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The parts of a challenge and its answer, the same on both sides. */
  record Exchange(String gateway, String node, String gatewayNumber, String nodeNumber) {
    private String text(String label) {
      return String.join("\n", label, gateway, node, gatewayNumber, nodeNumber);
    }
  }

  String ofNode(Exchange exchange) {
    return Base64.getEncoder().encodeToString(mac(exchange.text("node")));
  }

  String ofGateway(Exchange exchange) {
    return Base64.getEncoder().encodeToString(mac(exchange.text("gateway")));
  }

  /** What each job and reply of the session carries. */
  byte[] token(Exchange exchange) {
    return Arrays.copyOf(mac(exchange.text("session")), LENGTH);
  }

  /** Compares in a time that does not depend on the proofs. */
  static boolean same(String expected, String given) {
    return given != null
        && MessageDigest.isEqual(
            expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  private byte[] mac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(ALGORITHM + " is missing in this Java", e);
    }
  }
}
