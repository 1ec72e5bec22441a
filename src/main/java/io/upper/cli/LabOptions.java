package io.upper.cli;

import static io.upper.cli.Bounds.requireIn;

import io.upper.config.Protocol;
import io.upper.config.Services;
import io.upper.job.Job;
import io.upper.lab.Load;
import io.upper.report.Provenance;
import io.upper.service.ConfiguredService;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options that the lab's commands share. */
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
  private Protocol protocol;

  @Option(
      names = "--service",
      paramLabel = "WORD",
      defaultValue = "uppercase",
      description = "The service, with its default settings (default: ${DEFAULT-VALUE}).")
  private String service;

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "4",
      converter = WholeNumberConverter.class,
      description = "Requests per client, sent one after the other (default: ${DEFAULT-VALUE}).")
  private long requests;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all results as JSON.")
  Path json;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  Load load(long clients, Job job) {
    return new Load(protocol, (int) clients, (int) requests, job, seed);
  }

  Provenance provenance() {
    return Provenance.of(command.root().commandLine().getParseResult().originalArgs());
  }

  /** The service under load. */
  ConfiguredService service() {
    return Services.of("--service", service, "--service", Map.of());
  }

  /** Rejects impossible numbers before the first run. */
  void check(long clients) {
    requireIn("--clients", clients, 1, MAX_CLIENTS);
    requireIn("--requests", requests, 1, (int) (MAX_REQUESTS / clients));
  }
}
