package io.upper.cert;

import java.util.List;

/**
 * The type of a public or private key.
 *
 * @param name for messages: {@code EC P-256}
 * @param algorithm the name of Java's key factory, or null if Java has none
 */
record KeyType(String name, String algorithm) {

  private static final KeyType UNKNOWN = new KeyType("an unknown type", null);

  /** Reads an AlgorithmIdentifier (RFC 5280, section 4.1.1.2). */
  static KeyType of(Der algorithmIdentifier) {
    List<Der> values = algorithmIdentifier.values();
    return switch (values.get(0).hex()) {
      case "2a864886f70d010101" -> new KeyType("RSA", "RSA");
      case "2a864886f70d01010a" -> new KeyType("RSA-PSS", "RSASSA-PSS");
      case "2a8648ce3d0201" -> curve(values.get(1));
      case "2b6570" -> new KeyType("Ed25519", "EdDSA");
      case "2b6571" -> new KeyType("Ed448", "EdDSA");
      case "2b656e" -> new KeyType("X25519", null);
      case "2a8648ce380401" -> new KeyType("DSA", null);
      default -> UNKNOWN;
    };
  }

  private static KeyType curve(Der parameters) {
    if (parameters.tag() != Der.OBJECT_IDENTIFIER) {
      return new KeyType("EC with explicit parameters", null);
    }
    return switch (parameters.hex()) {
      case "2a8648ce3d030107" -> new KeyType("EC P-256", "EC");
      case "2b81040022" -> new KeyType("EC P-384", "EC");
      case "2b81040023" -> new KeyType("EC P-521", "EC");
      case "2b8104000a" -> new KeyType("EC secp256k1", null);
      default -> new KeyType("EC on another curve than P-256, P-384 and P-521", null);
    };
  }

  /** Reads the type of a certificate's public key (RFC 5280, section 4.1). */
  static KeyType ofCertificate(byte[] der) {
    List<Der> fields = Der.read(der).get(0).values().get(0).values();
    int version = fields.get(0).tag() == Der.EXPLICIT_0 ? 1 : 0;
    return of(fields.get(version + 5).values().get(0));
  }

  /** Reads the type of a PrivateKeyInfo (RFC 5208, section 5). */
  static KeyType ofPrivateKey(byte[] der) {
    return of(Der.read(der).get(0).values().get(1));
  }
}
