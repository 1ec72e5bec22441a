package io.upper.cert;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/** Reads the files of {@link CertificateAuthority}; every error names the file. Blocks. */
final class CertificateFiles {

  private CertificateFiles() {}

  private interface Content<T> {
    T of(PemFile file) throws PemException;
  }

  /** The first certificate in a file. */
  static X509Certificate certificate(Path file) throws IOException {
    return content(file, pem -> pem.certificates().get(0));
  }

  static PrivateKey key(Path file) throws IOException {
    return content(file, PemFile::key);
  }

  private static <T> T content(Path file, Content<T> content) throws IOException {
    try {
      return content.of(PemFile.read(file));
    } catch (PemException e) {
      throw new IOException(file + " " + e.getMessage(), e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: it is needed to sign", e);
    }
  }
}
