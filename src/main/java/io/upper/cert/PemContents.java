package io.upper.cert;

import io.upper.cert.PemFile.Entry;
import io.upper.net.Addresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Describes what a PEM file holds, in the order found, for people. Immutable. */
public final class PemContents {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DNS = 2;
  private static final int ADDRESS = 7;

  private final List<Entry> entries;
  private final Instant now;

  /**
   * @param entries at least one
   * @param now the time at which the file is judged
   */
  public PemContents(List<Entry> entries, Instant now) {
    this.entries = List.copyOf(entries);
    this.now = now;
  }

  /** Some lines for each block; they contain no control characters. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      String number = (i + 1) + ". ";
      if (entry.failure() != null) {
        lines.add(number + entry.label() + ": not usable, see below");
      } else if (entry.certificate() != null) {
        lines.add(number + "certificate");
        certificate(lines, entry.certificate());
      } else if (entry.key() != null) {
        lines.add(number + "private key");
        lines.add("   type     " + type(entry.key().getEncoded()) + bits(entry.key()));
        lines.add("   matches  " + matches(entry));
      } else {
        lines.add(number + entry.label());
      }
    }
    return lines.stream().map(line -> line.replaceAll("\\p{Cntrl}", "?")).toList();
  }

  private void certificate(List<String> lines, X509Certificate certificate) {
    lines.add("   subject  " + certificate.getSubjectX500Principal().getName());
    lines.add(
        "   issuer   "
            + (isSelfSigned(certificate)
                ? "itself"
                : certificate.getIssuerX500Principal().getName()));
    List<String> names = names(certificate);
    lines.add("   names    " + (names.isEmpty() ? "none" : String.join(", ", names)));
    lines.add(
        "   valid    "
            + DATE.format(certificate.getNotBefore().toInstant())
            + " to "
            + DATE.format(certificate.getNotAfter().toInstant())
            + " ("
            + remaining(certificate)
            + ")");
    lines.add(
        "   key      "
            + type(certificate)
            + bits(certificate.getPublicKey())
            + "; signed with "
            + certificate.getSigAlgName());
    lines.add("   CA       " + (certificate.getBasicConstraints() >= 0 ? "yes" : "no"));
  }

  private String remaining(X509Certificate certificate) {
    Instant until = certificate.getNotAfter().toInstant();
    if (now.isBefore(certificate.getNotBefore().toInstant())) {
      return "not valid yet";
    }
    long days = Math.abs(Duration.between(now, until).toDays());
    String counted = days + (days == 1 ? " day" : " days");
    return now.isAfter(until) ? "expired " + counted + " ago" : counted + " left";
  }

  /** The certificates of the file that a key belongs to. */
  private String matches(Entry key) {
    List<String> numbers = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      X509Certificate certificate = entries.get(i).certificate();
      if (certificate != null && KeyPairs.match(key.key(), certificate.getPublicKey())) {
        numbers.add("certificate " + (i + 1));
      }
    }
    return numbers.isEmpty() ? "no certificate in this file" : String.join(", ", numbers);
  }

  private static String type(X509Certificate certificate) {
    try {
      return KeyType.ofCertificate(certificate.getEncoded()).name();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e); // Cannot happen: it was decoded from this form.
    }
  }

  private static String type(byte[] key) {
    return KeyType.ofPrivateKey(key).name();
  }

  private static String bits(Object key) {
    return key instanceof RSAKey rsa ? " " + rsa.getModulus().bitLength() + " bits" : "";
  }

  static boolean isSelfSigned(X509Certificate certificate) {
    return isSignedBy(certificate, certificate);
  }

  static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    PublicKey key = issuer.getPublicKey();
    try {
      certificate.verify(key);
      return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The host names and addresses that clients compare with the one they connect to. */
  static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? List.of()
          : names.stream()
              .filter(name -> name.get(0).equals(DNS) || name.get(0).equals(ADDRESS))
              .map(name -> name((int) name.get(0), (String) name.get(1)))
              .toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }

  private static String name(int type, String name) {
    if (type == DNS) {
      return name;
    }
    try {
      return Addresses.text(InetAddress.getByName(name)); // A literal: nothing is resolved.
    } catch (UnknownHostException e) {
      return name;
    }
  }
}
