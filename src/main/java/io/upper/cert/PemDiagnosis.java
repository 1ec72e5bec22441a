package io.upper.cert;

import java.util.HexFormat;
import java.util.List;

/**
 * Explains what a file holds instead of the expected content, and which command converts it.
 *
 * @param file its name, quoted for a shell
 * @param labels those of its PEM blocks, in order
 */
record PemDiagnosis(String file, byte[] content, List<String> labels) {

  /** Says what the file holds instead of what it lacks, and the remedy. */
  String without(String lacking) {
    if (labels.isEmpty()) {
      return withoutBlocks();
    }
    String label = labels.get(0);
    boolean key = labels.stream().anyMatch(each -> each.endsWith("PRIVATE KEY"));
    boolean certificate = labels.stream().anyMatch(each -> each.endsWith("CERTIFICATE"));
    String what =
        key
            ? "a private key"
            : certificate
                ? "a certificate"
                : switch (label) {
                  case "CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST" -> "a certificate request";
                  case "PKCS7", "CMS" -> "PKCS #7";
                  case "PUBLIC KEY", "RSA PUBLIC KEY" -> "a public key";
                  case "X509 CRL" -> "a revocation list";
                  default -> "\"" + label + "\"";
                };
    String remedy =
        switch (what) {
          case "a certificate request" -> ": a certificate authority has to sign it";
          case "PKCS #7" -> ": openssl pkcs7 -print_certs -in " + file + " -out plain.pem";
          default -> "";
        };
    return "holds " + what + ", " + lacking + remedy;
  }

  private String withoutBlocks() {
    String start = HexFormat.of().formatHex(content, 0, Math.min(4, content.length));
    if (content.length == 0) {
      return "is empty";
    } else if (start.startsWith("fffe") || start.startsWith("feff")) {
      return "is UTF-16: iconv -f UTF-16 -t UTF-8 " + file + " > plain.pem";
    } else if (start.equals("feedfeed")) {
      return "is a Java key store, not PEM: keytool -importkeystore -srckeystore "
          + file
          + " -destkeystore plain.p12, then openssl pkcs12 -in plain.p12 -nodes -out plain.pem";
    } else if (content[0] == Der.SEQUENCE) {
      return binary();
    }
    return "is not a PEM file: no line starts with -----BEGIN";
  }

  private String binary() {
    try {
      Der first = Der.read(content).get(0).values().get(0);
      if (first.tag() == Der.INTEGER) {
        return first.content()[0] == 3
            ? "is PKCS #12, not PEM: openssl pkcs12 -in " + file + " -nodes -out plain.pem"
            : "is a private key in DER, not PEM: " + openssl("pkey -inform DER", file);
      }
      return first.tag() == Der.OBJECT_IDENTIFIER
          ? "is PKCS #7, not PEM: openssl pkcs7 -inform DER -print_certs -in "
              + file
              + " -out plain.pem"
          : "is a certificate in DER, not PEM: " + openssl("x509 -inform DER", file);
    } catch (RuntimeException e) {
      return "is not a PEM file: no line starts with -----BEGIN";
    }
  }

  /** The command that converts a file to an accepted format. */
  static String openssl(String tool, String file) {
    return "openssl " + tool + " -in " + file + " -out plain.pem";
  }
}
