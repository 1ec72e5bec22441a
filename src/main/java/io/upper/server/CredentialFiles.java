package io.upper.server;

import io.upper.cert.KeyPairs;
import io.upper.cert.PemException;
import io.upper.cert.PemFile;
import io.upper.config.ConfigurationException;
import io.upper.config.ServerSettings;
import io.upper.config.TlsEngineKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and checks the PEM files that the TLS settings name. Blocks. Every error is a {@link
 * ConfigurationException} that names the setting and the file.
 */
final class CredentialFiles {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialFiles.class);
  private static final Set<String> ALL_ENGINES = Set.of("EC", "RSA");

  private CredentialFiles() {}

  private static PemFile file(String setting, String path) {
    try {
      Path file = Path.of(path);
      if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
        // A pipe can be read only once, but certificates are read again.
        throw refused(setting, path, "is no regular file");
      }
      return PemFile.read(file);
    } catch (IOException | InvalidPathException e) {
      LOG.debug("{}", path, e);
      throw refused(setting, path, "is no file that can be read");
    }
  }

  /** The certificates in a file, at least one. */
  static List<X509Certificate> certificates(String setting, String path) {
    try {
      return file(setting, path).certificates();
    } catch (PemException e) {
      throw refused(setting, path, e.getMessage());
    }
  }

  /** A certificate chain and its key, which match and which the engine can use. */
  static ServerKeys.Pair pair(ServerSettings.Pair files, TlsEngineKind engine) {
    String certificate = files.pointer() + "/certificate";
    String key = files.pointer() + "/key";
    List<X509Certificate> chain = certificates(certificate, files.certificate());
    PrivateKey secret;
    try {
      secret = file(key, files.key()).key();
    } catch (PemException e) {
      throw refused(key, files.key(), e.getMessage());
    }
    if (!KeyPairs.match(secret, chain.get(0).getPublicKey())) {
      for (X509Certificate other : chain) {
        if (KeyPairs.match(secret, other.getPublicKey())) {
          throw refused(
              certificate,
              files.certificate(),
              "holds its certificates in the wrong order: the server's, "
                  + other.getSubjectX500Principal().getName()
                  + ", has to come first, then each that has signed the one before");
        }
      }
      throw refused(key, files.key(), "is not the key of \"" + files.certificate() + "\"");
    }
    String type = chain.get(0).getPublicKey().getAlgorithm();
    if (!ALL_ENGINES.contains(type) && !TlsEngine.of(engine).isJdk()) {
      throw refused(
          key,
          files.key(),
          "holds a private key that only the JDK's engine can use ("
              + (type.equals("EdDSA") ? "Ed25519 or Ed448" : "RSA-PSS")
              + "): set /tls/engine to \"jdk\", or make an EC key, and a certificate for it:"
              + " openssl ecparam -name prime256v1 -genkey -noout -out key.pem");
    }
    return new ServerKeys.Pair(chain, secret);
  }

  static ConfigurationException refused(String setting, String path, String reason) {
    return new ConfigurationException(setting + ": \"" + path + "\" " + reason);
  }
}
