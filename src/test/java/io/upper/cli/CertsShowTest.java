package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import io.upper.cert.CertificateAuthority;
import io.upper.cert.PemFile;
import io.upper.cert.PemScript;
import io.upper.cert.ServerCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code upper certs show}, with files as openssl writes them. */
class CertsShowTest {
  private static final String MORE =
      """

      self short.key 1024 short.pem 30 -addext basicConstraints=CA:FALSE \\
        -addext subjectAltName=DNS:localhost
      self rsa2.key 2048 long.pem 900 -addext basicConstraints=CA:FALSE \\
        -addext subjectAltName=DNS:localhost
      self rsa3.key 2048 nameless.pem 30 -addext basicConstraints=CA:FALSE
      self rsa4.key 2048 client.pem 30 -addext basicConstraints=CA:FALSE \\
        -addext subjectAltName=DNS:localhost -addext extendedKeyUsage=clientAuth
      cat leaf.pem rsa.key >otherkey.pem
      cat leaf.pem leaf.key rsa.key >keys.pem
      cat leaf.pem rsa.pem >gap.pem
      openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -sha1 \\
        -extfile extensions -out sha1.pem
      """;

  @TempDir private static Path directory;

  @BeforeAll
  static void make() throws Exception {
    String own =
        """
        self() { # KEY BITS CERTIFICATE DAYS OPTION...
          openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:$2 -out $1
          key=$1 out=$3 days=$4; shift 4
          openssl req -x509 -new -key $key -out $out -days $days -subj /CN=localhost "$@"
        }
        """;
    PemScript.run(directory, own + MORE);
  }

  private static UpperProcess.Ended show(String file) {
    return UpperCommand.run("certs", "show", directory.resolve(file).toString());
  }

  @Test
  void printsWhatIsThereInTheOrderFound() {
    UpperProcess.Ended ended = show("keyfirst.pem");
    String valid = "   valid    DATE to DATE (29 days left)\n";
    String key = "   key      EC P-256; signed with SHA256withECDSA\n";
    assertEquals(
        "1. private key\n   type     EC P-256\n   matches  certificate 2\n"
            + "2. certificate\n   subject  CN=localhost\n   issuer   CN=Root\n"
            + "   names    localhost\n"
            + valid
            + key
            + "   CA       no\n"
            + "3. certificate\n   subject  CN=Root\n   issuer   itself\n   names    none\n"
            + valid
            + key
            + "   CA       yes\n\nNothing is wrong with it for a server.\n",
        ended.out().replaceAll("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{5} UTC", "DATE"));
    assertEquals("", ended.err());
    assertEquals(0, ended.status());
  }

  /** The faults, separated by a slash; a dash for none. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "leaf.pem | -",
        "chain.pem | -",
        "both.pem | -",
        "leaf.key | -",
        "keytool.pem | the first certificate has no names: clients do not look at its subject",
        "rsa.pem | the certificate is a CA's: with its key others could be signed for any host",
        "reversed.pem | the first certificate is a CA's: the server's has to come first, then each"
            + " that has signed the one before / the first certificate has no names: clients do not"
            + " look at its subject / certificate 2 has not signed certificate 1: one is missing, or"
            + " the order is wrong",
        "gap.pem | certificate 2 has not signed certificate 1: one is missing, or the order is wrong",
        "short.pem | certificate 1 has an RSA key of fewer than 2048 bits",
        "long.pem | the first certificate is valid for more than 825 days: some clients refuse it",
        "nameless.pem | the first certificate has no names: clients do not look at its subject",
        "client.pem | the first certificate is not for servers: its extended key usage forbids it",
        "sha1.pem | certificate 1 is signed with SHA1withECDSA, too weak",
        "otherkey.pem | the private key does not belong to the first certificate",
        "keys.pem | it holds 2 private keys: the server reads the first only",
        "cut.pem | the file is truncated: its certificate has no line -----END CERTIFICATE-----",
        "trusted.pem | the file holds a TRUSTED CERTIFICATE, which only OpenSSL reads: openssl x509"
            + " -in FILE -out plain.pem",
        "encrypted.key | the file holds an encrypted private key; decrypt it: openssl pkey -in FILE"
            + " -out plain.pem",
        "leaf.csr | it has neither a certificate nor a key that a server can use"
      })
  void saysWhatIsWrongForAServer(String file, String faults) {
    UpperProcess.Ended ended = show(file);
    String path = directory.resolve(file).toString();
    String said = ended.out().substring(ended.out().indexOf("\n\n") + 2).replace(path, "FILE");
    assertEquals(
        faults.equals("-")
            ? "Nothing is wrong with it for a server.\n"
            : "For a server:\n- " + faults.replace(" / ", "\n- ") + "\n",
        said);
    assertEquals(faults.equals("-") ? 0 : 1, ended.status());
  }

  @ParameterizedTest
  @CsvSource({
    "no.pem, ': there is no such file'",
    "empty.pem, ' is empty'",
    "hello.pem, ' is not a PEM file: no line starts with -----BEGIN'",
    "., ' cannot be read: Is a directory'"
  })
  void whatIsNoPemFileIsALine(String file, String reason) {
    UpperProcess.Ended ended = show(file);
    assertEquals(directory.resolve(file) + reason + "\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(1, ended.status());
  }

  @Test
  void aKeyIsNotPrinted() throws IOException {
    String secret = Files.readAllLines(directory.resolve("leaf.key")).get(1);
    assertFalse(show("both.pem").out().contains(secret.substring(0, 20)));
  }

  @Test
  void theDateDecides() throws Exception {
    List<PemFile.Entry> leaf = PemFile.read(directory.resolve("leaf.pem")).entries();
    Instant now = Instant.now();
    assertEquals(List.of(), ServerCheck.faults(leaf, now));
    assertEquals(
        List.of("certificate 1 expires within 14 days"),
        ServerCheck.faults(leaf, now.plus(Duration.ofDays(20))));
    assertEquals(
        List.of("certificate 1 has expired"),
        ServerCheck.faults(leaf, now.plus(Duration.ofDays(31))));
    assertEquals(
        List.of("certificate 1 is not valid yet"),
        ServerCheck.faults(leaf, now.minus(Duration.ofDays(1))));
  }

  @Test
  void theOwnPairIsRight(@TempDir Path made) throws IOException {
    CertificateAuthority.create(made);
    UpperProcess.Ended ended =
        UpperCommand.run(
            "certs", "show", made.resolve(CertificateAuthority.SERVER_CERTIFICATE).toString());
    assertTrue(ended.out().contains("   names    localhost, 127.0.0.1, ::1\n"), ended.out());
    assertEquals(0, ended.status(), ended.out());
  }
}
