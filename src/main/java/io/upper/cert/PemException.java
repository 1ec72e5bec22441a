package io.upper.cert;

import java.security.GeneralSecurityException;

/**
 * A PEM file lacks the expected content. The message is a clause whose subject is the file: what it
 * holds instead, and the remedy.
 */
public final class PemException extends GeneralSecurityException {
  private static final long serialVersionUID = 1;

  PemException(String message) {
    super(message);
  }
}
