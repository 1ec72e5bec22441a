package io.upper.config;

import java.util.Locale;

/** The word that chooses who encrypts. */
public enum TlsEngineKind {
  /** OpenSSL where its native library can be loaded, the JDK elsewhere. */
  AUTO,
  JDK,
  OPENSSL;

  /** The word for it in the configuration: {@code openssl}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
