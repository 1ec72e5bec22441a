package io.upper.cli;

import io.upper.text.Uppercase;

/** The version in the jar's manifest, and how text is mapped. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** What {@code upper --version} prints. */
  public static String line() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return "upper " + (version == null ? "(not from a jar)" : version) + ", " + Uppercase.kernel();
  }
}
