package io.upper.cli;

import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.List;

/** The certificates of authorities, in PEM format. */
final class CaFile {
  private CaFile() {}

  /**
   * Reads them.
   *
   * @throws ConfigurationException naming the option, if the file has none
   */
  static List<Certificate> read(String option, Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
    } catch (CertificateException e) {
      throw new ConfigurationException(option + ": " + file + " has no certificate in PEM format");
    }
  }
}
