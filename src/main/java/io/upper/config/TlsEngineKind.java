package io.upper.config;

import io.upper.text.Word;

/** The configured TLS implementation. */
public enum TlsEngineKind implements Word {
  /** OpenSSL where its native library can be loaded, the JDK elsewhere. */
  AUTO,
  JDK,
  OPENSSL
}
