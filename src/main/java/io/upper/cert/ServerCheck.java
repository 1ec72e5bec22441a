package io.upper.cert;

import io.upper.cert.PemFile.Entry;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says what is wrong with the contents of a PEM file for a TLS server. */
public final class ServerCheck {
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final int MIN_RSA_BITS = 2048;

  /** Apple's clients reject more, both ends included. */
  private static final int MAX_DAYS = 825;

  private static final Duration SOON = Duration.ofDays(14);

  private final List<X509Certificate> chain = new ArrayList<>();
  private final List<PrivateKey> keys = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();

  private ServerCheck(List<Entry> entries) {
    for (Entry entry : entries) {
      if (entry.failure() != null) {
        faults.add("the file " + entry.failure().getMessage());
      } else if (entry.certificate() != null) {
        chain.add(entry.certificate());
      } else if (entry.key() != null) {
        keys.add(entry.key());
      }
    }
  }

  /**
   * The faults, a clause for each; empty if there are none. A file with a key only is right, as the
   * setting {@code key} names it.
   *
   * @param now the time at which the file is judged
   */
  public static List<String> faults(List<Entry> entries, Instant now) {
    ServerCheck check = new ServerCheck(entries);
    if (!check.chain.isEmpty()) {
      check.leaf(now);
      check.chain(now);
    } else if (check.keys.isEmpty() && check.faults.isEmpty()) {
      check.faults.add("it has neither a certificate nor a key that a server can use");
    }
    check.keys();
    return List.copyOf(check.faults);
  }

  private void leaf(Instant now) {
    X509Certificate leaf = chain.get(0);
    if (leaf.getBasicConstraints() >= 0) {
      faults.add(
          chain.size() > 1
              ? "the first certificate is a CA's: the server's has to come first, then each that"
                  + " has signed the one before"
              : "the certificate is a CA's: with its key others could be signed for any host");
    }
    if (PemContents.names(leaf).isEmpty()) {
      faults.add("the first certificate has no names: clients do not look at its subject");
    }
    if (!isForServers(leaf)) {
      faults.add("the first certificate is not for servers: its extended key usage forbids it");
    }
    Instant from = leaf.getNotBefore().toInstant();
    if (Duration.between(from, leaf.getNotAfter().toInstant()).toDays() > MAX_DAYS) {
      faults.add("the first certificate is valid for more than 825 days: some clients refuse it");
    }
    time(leaf, 1, now);
    strength(leaf, 1);
  }

  private void chain(Instant now) {
    for (int i = 1; i < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      if (!PemContents.isSignedBy(chain.get(i - 1), certificate)) {
        faults.add(
            String.format(
                Locale.ROOT,
                "certificate %d has not signed certificate %d: one is missing, or the order is wrong",
                i + 1,
                i));
      } else if (certificate.getBasicConstraints() < 0) {
        faults.add(String.format(Locale.ROOT, "certificate %d signs, but is no CA's", i + 1));
      }
      time(certificate, i + 1, now);
      strength(certificate, i + 1);
    }
  }

  private void time(X509Certificate certificate, int number, Instant now) {
    Instant until = certificate.getNotAfter().toInstant();
    String what = "certificate " + number;
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      faults.add(what + " is not valid yet");
    } else if (now.isAfter(until)) {
      faults.add(what + " has expired");
    } else if (now.plus(SOON).isAfter(until)) {
      faults.add(what + " expires within 14 days");
    }
  }

  private void strength(X509Certificate certificate, int number) {
    String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
    // Nobody checks the signature of a root.
    if ((algorithm.startsWith("SHA1") || algorithm.startsWith("MD"))
        && !PemContents.isSelfSigned(certificate)) {
      faults.add(
          "certificate "
              + number
              + " is signed with "
              + certificate.getSigAlgName()
              + ", too weak");
    }
    if (certificate.getPublicKey() instanceof RSAKey rsa
        && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      faults.add(
          "certificate " + number + " has an RSA key of fewer than " + MIN_RSA_BITS + " bits");
    }
  }

  private void keys() {
    if (keys.size() > 1) {
      faults.add("it holds " + keys.size() + " private keys: the server reads the first only");
    }
    if (keys.isEmpty() || chain.isEmpty()) {
      return;
    }
    if (!KeyPairs.match(keys.get(0), chain.get(0).getPublicKey())) {
      faults.add("the private key does not belong to the first certificate");
    }
  }

  private static boolean isForServers(X509Certificate certificate) {
    try {
      List<String> usages = certificate.getExtendedKeyUsage();
      return usages == null || usages.contains(SERVER_AUTH) || usages.contains(ANY_USAGE);
    } catch (CertificateParsingException e) {
      return false;
    }
  }
}
