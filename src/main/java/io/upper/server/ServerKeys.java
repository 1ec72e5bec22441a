package io.upper.server;

import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** The certificates and keys for one server name, one per key type. */
final class ServerKeys extends X509ExtendedKeyManager {

  /** A certificate chain and the key of its first certificate. */
  record Pair(List<X509Certificate> chain, PrivateKey key) {

    X509Certificate leaf() {
      return chain.get(0);
    }

    /** The key type as {@link #chooseServerAlias} names it. */
    String keyType() {
      return leaf().getPublicKey().getAlgorithm();
    }
  }

  private final List<Pair> pairs;

  private ServerKeys(List<Pair> pairs) {
    this.pairs = pairs;
  }

  static KeyManagerFactory factory(List<Pair> pairs) {
    return new KeyManagerFactoryWrapper(new ServerKeys(pairs));
  }

  // An alias is the index of a pair.

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    for (int i = 0; i < pairs.size(); i++) {
      if (pairs.get(i).keyType().equals(keyType)) {
        return Integer.toString(i);
      }
    }
    return null;
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return isVerifiedBy(engine, keyType) ? chooseServerAlias(keyType, issuers, null) : null;
  }

  /**
   * OpenSSL chooses by cipher suite, which in TLS 1.3 does not say what the client can verify, and
   * in TLS 1.2 signs with SHA-1 (RFC 9155) for a client that knows nothing else.
   */
  private boolean isVerifiedBy(SSLEngine engine, String keyType) {
    if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
      return true;
    }
    if (pairs.size() == 1 && session.getProtocol().equals("TLSv1.3")) {
      return true; // No choice, no SHA-1: naming the algorithms costs a tenth of a handshake.
    }
    String family = keyType.startsWith("EC") ? "ECDSA" : keyType.startsWith("RSA") ? "RSA" : "";
    String[] known = session.getPeerSupportedSignatureAlgorithms();
    return known.length == 0
        || Arrays.stream(known)
            .map(name -> name.toUpperCase(Locale.ROOT))
            .anyMatch(name -> name.contains(family) && !name.startsWith("SHA1"));
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    String alias = chooseServerAlias(keyType, issuers, null);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return pairs.get(Integer.parseInt(alias)).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return pairs.get(Integer.parseInt(alias)).key();
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return null; // Server only.
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return null;
  }
}
