package io.upper.cert;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.upper.jvm.FileContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The content of a PEM file (RFC 7468): certificates, a private key, or both. Accepts what OpenSSL,
 * keytool, ACME clients and editors write: text around the blocks, a byte order mark, any line
 * endings or none between blocks, and keys in PKCS #8, PKCS #1 and SEC 1.
 */
public final class PemFile {
  private static final int MIN_RSA_BITS = 1024;
  // RFC 1421, section 4.6: headers end with an empty line.
  private static final Pattern HEADERS = Pattern.compile("(?s)^\\s*[\\w-]+:.*?(\r?\n){2}");
  private static final byte[] VERSION_0 = {Der.INTEGER, 1, 0};
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
  private static final String OTHER_KEY =
      "; make another key, and a certificate for it:"
          + " openssl ecparam -name prime256v1 -genkey -noout -out key.pem";

  private final String file;
  private final byte[] content;
  private final List<PemBlock> blocks;

  private PemFile(String file, byte[] content) {
    // Quoted for a shell, since messages contain commands.
    this.file = file.matches("[\\w./:@%+,-]+") ? file : "'" + file.replace("'", "'\\''") + "'";
    this.content = content;
    this.blocks = PemBlock.parse(new String(content, ISO_8859_1));
  }

  /**
   * Reads a file, once and without relying on its size, since it may be a pipe. Blocks.
   *
   * @throws IOException if it cannot be read, or is larger than 16 MiB
   */
  public static PemFile read(Path file) throws IOException {
    return new PemFile(file.toString(), FileContent.read(file));
  }

  /** Encodes certificates in the textual form of RFC 7468. */
  public static byte[] write(List<X509Certificate> certificates) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      for (X509Certificate certificate : certificates) {
        out.writeBytes(write("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (CertificateException e) {
      throw new IllegalStateException(e); // Cannot happen: it was decoded from this form.
    }
    return out.toByteArray();
  }

  static byte[] write(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return ("-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n")
        .getBytes(US_ASCII);
  }

  /**
   * Its certificates in order, at least one.
   *
   * @throws PemException if there is none, or one is not usable
   */
  public List<X509Certificate> certificates() throws PemException {
    if (blocks.stream().anyMatch(PemBlock::isTrusted)) {
      throw trusted();
    }
    List<X509Certificate> certificates = new ArrayList<>();
    for (PemBlock block : blocks) {
      if (block.isCertificate()) {
        certificates.add(certificate(decoded(block), certificates.size() + 1));
      }
    }
    if (certificates.isEmpty()) {
      throw new PemException(whatIsThere("no certificate"));
    }
    return certificates;
  }

  private PemException trusted() {
    return new PemException(
        "holds a TRUSTED CERTIFICATE, which only OpenSSL reads: " + command("x509"));
  }

  private static X509Certificate certificate(byte[] der, int number) throws PemException {
    // Java parses some types of keys that it cannot use.
    KeyType type;
    try {
      type = KeyType.ofCertificate(der);
    } catch (RuntimeException e) {
      throw damaged(number);
    }
    if (type.algorithm() == null) {
      throw new PemException(
          "holds a certificate whose key is not supported: its type is " + type.name() + OTHER_KEY);
    }
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException e) {
      throw damaged(number);
    }
  }

  private static PemException damaged(int number) {
    return new PemException("holds a damaged certificate (number " + number + ")");
  }

  /**
   * What a block of the file holds; one of the last three is not null, or none of them if it is
   * neither certificate nor key.
   *
   * @param label {@code CERTIFICATE}
   * @param failure why it is not usable, a clause whose subject is the file
   */
  public record Entry(
      String label, X509Certificate certificate, PrivateKey key, PemException failure) {}

  /**
   * All its blocks in order.
   *
   * @throws PemException if there is none
   */
  public List<Entry> entries() throws PemException {
    if (blocks.isEmpty()) {
      throw new PemException(whatIsThere("no certificate"));
    }
    List<Entry> entries = new ArrayList<>();
    int certificates = 0;
    for (PemBlock block : blocks) {
      try {
        if (block.isTrusted()) {
          throw trusted();
        }
        entries.add(
            block.isCertificate()
                ? new Entry(block.label(), certificate(decoded(block), ++certificates), null, null)
                : new Entry(block.label(), null, block.isKey() ? key(block) : null, null));
      } catch (PemException e) {
        entries.add(new Entry(block.label(), null, null, e));
      }
    }
    return entries;
  }

  /**
   * Its private key, the first if there are several.
   *
   * @throws PemException if there is none, or it is encrypted or not usable
   */
  public PrivateKey key() throws PemException {
    PemBlock block =
        blocks.stream()
            .filter(PemBlock::isKey)
            .findFirst()
            .orElseThrow(() -> new PemException(whatIsThere("no private key")));
    return key(block);
  }

  private PrivateKey key(PemBlock block) throws PemException {
    if (block.label().equals("ENCRYPTED PRIVATE KEY")
        || block.body().orElse("").contains("Proc-Type: 4,ENCRYPTED")) {
      throw new PemException("holds an encrypted private key; decrypt it: " + command("pkey"));
    }
    if (block.label().equals("OPENSSH PRIVATE KEY")) {
      throw new PemException(
          "holds a private key in OpenSSH format; convert it: ssh-keygen -p -m PEM -f " + file);
    }
    byte[] der = decoded(block);
    KeyType type;
    byte[] pkcs8;
    try {
      pkcs8 =
          switch (block.label()) {
            case "PRIVATE KEY" -> der;
            case "RSA PRIVATE KEY" -> pkcs8(RSA, der);
            case "EC PRIVATE KEY" -> pkcs8(Der.write(Der.SEQUENCE, EC, curve(der)), der);
            default ->
                throw new PemException(
                    "holds a private key of an unsupported type: " + block.label() + OTHER_KEY);
          };
      type = KeyType.ofPrivateKey(pkcs8);
    } catch (RuntimeException e) {
      throw new PemException("holds a damaged private key");
    }
    if (type.algorithm() == null) {
      throw new PemException(
          "holds a private key that is not supported: its type is " + type.name() + OTHER_KEY);
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance(type.algorithm()).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
        throw new PemException(
            "holds a private key that is too short: RSA of "
                + rsa.getModulus().bitLength()
                + " bits"
                + OTHER_KEY);
      }
      return key;
    } catch (PemException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new PemException("holds a damaged private key (" + type.name() + ")");
    }
  }

  /** Wraps a key of an older format in a PrivateKeyInfo (RFC 5208, section 5). */
  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return Der.write(Der.SEQUENCE, VERSION_0, algorithm, Der.write(Der.OCTETS, key));
  }

  /** The curve of an ECPrivateKey (RFC 5915, section 3), or of an EC PARAMETERS block. */
  private byte[] curve(byte[] key) throws PemException {
    for (Der value : Der.read(key).get(0).values()) {
      if (value.tag() == Der.EXPLICIT_0) {
        return value.content();
      }
    }
    for (PemBlock block : blocks) {
      if (block.label().equals("EC PARAMETERS")) {
        return decoded(block);
      }
    }
    throw new IllegalArgumentException("without a curve");
  }

  private byte[] decoded(PemBlock block) throws PemException {
    String what = block.isKey() ? "private key" : "certificate";
    if (block.body().isEmpty()) {
      throw new PemException(
          "is truncated: its " + what + " has no line -----END " + block.label() + "-----");
    }
    String body = block.body().get();
    if (body.contains("\\n")) {
      throw new PemException(
          "has \\n as two characters instead of line breaks: printf %b \"$(cat "
              + file
              + ")\" > plain.pem");
    }
    try {
      String base64 = HEADERS.matcher(body).replaceFirst("").replaceAll("\\s", "");
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new PemException("holds a damaged " + what + ": it is not Base64");
    }
  }

  private String whatIsThere(String lacking) {
    List<String> labels = blocks.stream().map(PemBlock::label).toList();
    return new PemDiagnosis(file, content, labels).without(lacking);
  }

  private String command(String tool) {
    return PemDiagnosis.openssl(tool, file);
  }
}
