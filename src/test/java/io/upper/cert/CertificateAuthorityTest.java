package io.upper.cert;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorityTest {
  private static final Set<String> NAMES =
      Set.of("ca-cert.pem", "ca-key.pem", "server-cert.pem", "server-key.pem");

  /** Created once, since keytool is slow; tests that share it only read. */
  @TempDir private static Path shared;

  private static Path made;

  @BeforeAll
  static void create() throws IOException {
    made = shared.resolve("created/with its parents");
    CertificateAuthority.create(made);
  }

  @Test
  void writesFourFilesAndLeavesNothingElse() throws IOException {
    assertEquals(NAMES, namesIn(made));
  }

  @Test
  void chainIsValidForClientsThatTrustTheAuthority() throws Exception {
    PKIXParameters trust =
        new PKIXParameters(Set.of(new TrustAnchor(certificate("ca-cert.pem"), null)));
    trust.setRevocationEnabled(false); // no revocation list exists
    var path =
        CertificateFactory.getInstance("X.509")
            .generateCertPath(List.of(certificate("server-cert.pem")));
    CertPathValidator.getInstance("PKIX").validate(path, trust); // throws if invalid
  }

  @Test
  void serverIsNamedByHostAndByBothLoopbackAddresses() throws Exception {
    X509Certificate server = certificate("server-cert.pem");
    assertEquals("CN=localhost", server.getSubjectX500Principal().getName());
    Set<Object> names =
        server.getSubjectAlternativeNames().stream()
            .map(name -> (int) name.get(0) == 7 ? address((String) name.get(1)) : name.get(1))
            .collect(toSet());
    assertEquals(Set.of("localhost", address("127.0.0.1"), address("::1")), names);
  }

  @Test
  void authoritySignsCertificatesAndTheServerDoesNot() throws Exception {
    X509Certificate ca = certificate("ca-cert.pem");
    assertEquals("CN=Upper CA", ca.getSubjectX500Principal().getName());
    assertTrue(ca.getBasicConstraints() >= 0, "is a CA");
    assertTrue(ca.getCriticalExtensionOIDs().contains("2.5.29.19"), "says so critically");
    assertEquals(Set.of(5, 6), usages(ca), "keyCertSign and cRLSign");
    X509Certificate server = certificate("server-cert.pem");
    assertEquals(-1, server.getBasicConstraints(), "is no CA");
    assertEquals(Set.of(0), usages(server), "digitalSignature");
    assertEquals(List.of("1.3.6.1.5.5.7.3.1"), server.getExtendedKeyUsage(), "serverAuth");
  }

  @ParameterizedTest
  @CsvSource({"ca-cert.pem, 3650", "server-cert.pem, 825"})
  void certificateIsValidSinceYesterdayAndNotTooLong(String name, int maxDays) throws Exception {
    X509Certificate certificate = certificate(name);
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    assertTrue(from.isBefore(Instant.now().minus(Duration.ofHours(23))), () -> "from " + from);
    assertTrue(to.isAfter(Instant.now().plus(Duration.ofDays(maxDays - 3))), () -> "to " + to);
    assertTrue(Duration.between(from, to).toDays() <= maxDays, () -> from + " to " + to);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca", "server"})
  void keyBelongsToItsCertificate(String who) throws Exception {
    byte[] text = {'u', 'p', 'p', 'e', 'r'};
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(key(who + "-key.pem"));
    signature.update(text);
    byte[] signed = signature.sign();
    signature.initVerify(certificate(who + "-cert.pem").getPublicKey());
    signature.update(text);
    assertTrue(signature.verify(signed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca-key.pem", "server-key.pem"})
  void onlyTheOwnerReadsAKey(String name) throws IOException {
    assumeTrue(Files.getFileStore(made).supportsFileAttributeView("posix"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(made.resolve(name))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ca-cert.pem", "ca-key.pem", "server-cert.pem", "server-key.pem"})
  void anExistingFileIsNamedAndKept(String name, @TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "somebody's");
    IOException e = assertThrows(IOException.class, () -> CertificateAuthority.create(directory));
    assertEquals(
        file + " exists already: remove it first or choose another directory", e.getMessage());
    assertEquals("somebody's", Files.readString(file));
    assertEquals(Set.of(name), namesIn(directory));
  }

  @Test
  void secondCallIsRefusedAndChangesNothing() throws IOException {
    String before = Files.readString(made.resolve("server-key.pem"));
    IOException e = assertThrows(IOException.class, () -> CertificateAuthority.create(made));
    assertTrue(e.getMessage().contains("server-key.pem exists already"), e.getMessage());
    assertEquals(before, Files.readString(made.resolve("server-key.pem")));
    assertEquals(NAMES, namesIn(made));
  }

  @Test
  void oneOfSeveralConcurrentCallsSucceedsAndTheOthersFail(@TempDir Path directory)
      throws Exception {
    int count = 3;
    Callable<Void> create =
        () -> {
          CertificateAuthority.create(directory);
          return null;
        };
    List<Throwable> refusals = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      for (Future<Void> call : threads.invokeAll(Collections.nCopies(count, create))) {
        try {
          call.get();
        } catch (ExecutionException e) {
          refusals.add(e.getCause());
        }
      }
    } finally {
      threads.shutdown();
    }
    assertEquals(count - 1, refusals.size(), refusals::toString);
    for (Throwable refusal : refusals) {
      assertTrue(refusal.getMessage().contains("exists already"), refusal::toString);
    }
    assertEquals(NAMES, namesIn(directory));
  }

  @Test
  void fileInPlaceOfTheDirectoryIsRefused(@TempDir Path directory) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    IOException e = assertThrows(IOException.class, () -> CertificateAuthority.create(file));
    assertEquals(file + " is not a directory: choose another", e.getMessage());
  }

  private static Set<String> namesIn(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).collect(toSet());
    }
  }

  private static X509Certificate certificate(String name) throws Exception {
    try (InputStream in = Files.newInputStream(made.resolve(name))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  private static PrivateKey key(String name) throws Exception {
    List<String> lines = Files.readAllLines(made.resolve(name));
    assertEquals("-----BEGIN PRIVATE KEY-----", lines.get(0));
    assertEquals("-----END PRIVATE KEY-----", lines.get(lines.size() - 1));
    assertFalse(lines.stream().anyMatch(line -> line.length() > 64), "RFC 7468, section 2");
    byte[] der = Base64.getDecoder().decode(String.join("", lines.subList(1, lines.size() - 1)));
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
  }

  /** The bit numbers of the key usages that are set (RFC 5280, section 4.2.1.3). */
  private static Set<Integer> usages(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    Set<Integer> set = new HashSet<>();
    for (int i = 0; i < usage.length; i++) {
      if (usage[i]) {
        set.add(i);
      }
    }
    return set;
  }

  private static InetAddress address(String literal) {
    try {
      return InetAddress.getByName(literal);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
