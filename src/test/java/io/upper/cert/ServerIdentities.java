package io.upper.cert;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** Right and wrong certificates of a server {@code localhost}, in one key store. */
public final class ServerIdentities {
  /** Signed by an authority between, which the authority has signed. */
  public static final String RIGHT = "right";

  /** Signed by the authority, for another name. */
  public static final String ELSEWHERE = "elsewhere";

  /** Signed by itself. */
  public static final String STRANGER = "stranger";

  private final KeyStore store;
  private final char[] password;
  private final Certificate authority;

  private ServerIdentities(KeyStore store, char[] password) throws GeneralSecurityException {
    this.store = store;
    this.password = password;
    authority = store.getCertificate("ca");
  }

  /** Makes them; takes seconds. */
  public static ServerIdentities create(Path directory)
      throws IOException, GeneralSecurityException {
    Keytool keytool = new Keytool(directory);
    generate(keytool, "ca", null, "BasicConstraints:critical=ca:true");
    generate(keytool, "between", "ca", "BasicConstraints:critical=ca:true");
    generate(keytool, RIGHT, "between", "SubjectAlternativeName=DNS:localhost,IP:127.0.0.1");
    generate(keytool, ELSEWHERE, "ca", "SubjectAlternativeName=DNS:elsewhere.example");
    generate(keytool, STRANGER, null, "SubjectAlternativeName=DNS:localhost,IP:127.0.0.1");
    return open(directory, String.valueOf(keytool.password()));
  }

  /** Those that were created there. */
  public static ServerIdentities open(Path directory, String password)
      throws IOException, GeneralSecurityException {
    return new ServerIdentities(
        KeyStore.getInstance(new Keytool(directory).store(), password.toCharArray()),
        password.toCharArray());
  }

  /** To open them. */
  public String password() {
    return String.valueOf(password);
  }

  private static void generate(Keytool keytool, String alias, String signer, String extension)
      throws IOException {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-alias", alias, "-dname", "CN=" + alias, "-ext", extension));
    if (signer != null) {
      arguments.addAll(List.of("-signer", signer));
    }
    keytool.generate(arguments);
  }

  /** The certificate of the authority. */
  public Certificate authority() {
    return authority;
  }

  /** Of a server that sends so many certificates of its chain. */
  public SSLContext context(String alias, int certificates) throws IOException {
    try {
      return secured(alias, certificates);
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    }
  }

  private SSLContext secured(String alias, int certificates)
      throws GeneralSecurityException, IOException {
    Certificate[] chain = store.getCertificateChain(alias);
    KeyStore sent = KeyStore.getInstance("PKCS12");
    sent.load(null, null);
    sent.setKeyEntry(
        alias,
        store.getKey(alias, password),
        password,
        Arrays.copyOf(chain, Math.min(certificates, chain.length)));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(sent, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }
}
