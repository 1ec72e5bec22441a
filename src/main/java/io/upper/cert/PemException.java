package io.upper.cert;

import java.security.GeneralSecurityException;

/**
 * A PEM file does not hold what it should. The message is a clause whose subject is the file: what
 * is there, and the remedy.
 */
public final class PemException extends GeneralSecurityException {
  private static final long serialVersionUID = 1;

  PemException(String message) {
    super(message);
  }
}
