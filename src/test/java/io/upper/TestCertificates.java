package io.upper;

import io.upper.cert.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

/**
 * Certificates for tests that only need some: two authorities, made once per build, since {@code
 * keytool} costs as much as the start of two servers.
 */
public final class TestCertificates {

  private TestCertificates() {}

  /** Writes the files of {@link CertificateAuthority#create} to a directory. */
  public static void copyTo(Path directory) throws IOException {
    copy("certificates", directory);
  }

  /** Writes those of another authority. */
  public static void copyOtherTo(Path directory) throws IOException {
    copy("other-certificates", directory);
  }

  private static void copy(String which, Path directory) throws IOException {
    Path made = SharedFiles.of(which, CertificateAuthority::create);
    Files.createDirectories(directory);
    for (String name :
        List.of(
            CertificateAuthority.SERVER_KEY,
            CertificateAuthority.CA_KEY,
            CertificateAuthority.CA_CERTIFICATE,
            CertificateAuthority.SERVER_CERTIFICATE)) {
      // With its permissions, but the time of a new file.
      Path copy = directory.resolve(name);
      Files.copy(
          made.resolve(name),
          copy,
          StandardCopyOption.COPY_ATTRIBUTES,
          StandardCopyOption.REPLACE_EXISTING);
      Files.setLastModifiedTime(copy, FileTime.from(Instant.now()));
    }
  }
}
