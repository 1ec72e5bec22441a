package io.upper.check;

/** Why a case says nothing about this server. */
public final class NotApplicable extends Exception {
  private static final long serialVersionUID = 1;

  public NotApplicable(String reason) {
    super(reason, null, false, false);
  }
}
