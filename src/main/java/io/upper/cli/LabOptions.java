package io.upper.cli;

import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What both of the lab's commands take. */
final class LabOptions {
  private static final int MAX_REQUESTS = 100_000;

  @Option(
      names = "--protocol",
      paramLabel = "tcp|udp|tls",
      defaultValue = "tcp",
      converter = WordConverter.OfProtocol.class,
      description = "The protocol (default: ${DEFAULT-VALUE}).")
  Protocol protocol;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything measured.")
  Path json;

  /** Refuses what no run can be made of, before the first begins. */
  void check(int clients, int requests, Path out) {
    require(clients >= 1 && clients <= 10_000, "--clients: " + clients + " is not in 1..10000");
    require(
        requests >= 1 && (long) clients * requests <= MAX_REQUESTS,
        "--requests: " + requests + " is not 1 or more, or makes more than 100000 in all");
    requireDirectory("--out", out);
    requireDirectory("--json", json);
  }

  private static void requireDirectory(String option, Path file) {
    require(
        file == null || Files.isDirectory(file.toAbsolutePath().getParent()),
        option + ": there is no directory for " + file);
  }

  static void require(boolean right, String message) {
    if (!right) {
      throw new ConfigurationException(message);
    }
  }
}
