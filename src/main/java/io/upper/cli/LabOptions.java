package io.upper.cli;

import static io.upper.cli.Bounds.requireIn;

import io.upper.config.Protocol;
import io.upper.config.Services;
import io.upper.service.ConfiguredService;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** What both of the lab's commands take. */
final class LabOptions {
  private static final int MAX_CLIENTS = 10_000;
  // Of all clients together.
  private static final int MAX_REQUESTS = 100_000;

  @Option(
      names = "--protocol",
      paramLabel = "tcp|udp|tls",
      defaultValue = "tcp",
      converter = WordConverter.OfProtocol.class,
      description = "The protocol (default: ${DEFAULT-VALUE}).")
  Protocol protocol;

  @Option(
      names = "--service",
      paramLabel = "WORD",
      defaultValue = "uppercase",
      description = "What the servers serve, with its defaults (default: ${DEFAULT-VALUE}).")
  private String service;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of everything random (default: ${DEFAULT-VALUE}).")
  long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write everything measured.")
  Path json;

  /** What the servers serve. */
  ConfiguredService service() {
    return Services.of("--service", service, "--service", Map.of());
  }

  /** Refuses what no run can be made of, before the first begins. */
  void check(long clients, long requests) {
    requireIn("--clients", clients, 1, MAX_CLIENTS);
    requireIn("--requests", requests, 1, (int) (MAX_REQUESTS / clients));
  }
}
