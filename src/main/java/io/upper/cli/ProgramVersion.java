package io.upper.cli;

import io.upper.text.Uppercase;
import java.util.List;

/** The version in the jar's manifest, and how text is mapped. */
public final class ProgramVersion {

  private ProgramVersion() {}

  /** What {@code upper --version} prints. */
  public static List<String> lines() {
    String version = ProgramVersion.class.getPackage().getImplementationVersion();
    return List.of(
        "upper " + (version == null ? "(not from a jar)" : version) + ", " + Uppercase.kernel());
  }
}
