package io.upper.check;

/** A server is wrong: what one client saw of it. */
public final class CheckFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final transient Client client;
  private final Symptom symptom;

  /**
   * Describes a fault.
   *
   * @param message what was seen, in a sentence
   */
  public CheckFailure(Symptom symptom, Client client, String message) {
    super(message, null, false, false);
    this.symptom = symptom;
    this.client = client;
  }

  /** What was seen. */
  public Symptom symptom() {
    return symptom;
  }

  /** The client that saw it. */
  public Client client() {
    return client;
  }
}
