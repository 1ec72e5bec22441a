package io.upper.cli;

import io.upper.cert.PemContents;
import io.upper.cert.PemException;
import io.upper.cert.PemFile;
import io.upper.cert.ServerCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upper certs show FILE}: prints what a PEM file holds, and its faults for a server. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Show what a PEM file holds, in the order found.",
      "And what is wrong with it for a server. Private keys are not printed."
    },
    footer = {
      "",
      "Exit status: 1 something is wrong, or the file cannot be read; 2 bad usage; 0 otherwise."
    })
public final class CertsShowCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The PEM file: certificates, a key, or both.")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    List<PemFile.Entry> entries = entries();
    Instant now = Instant.now();
    PrintWriter out = spec.commandLine().getOut();
    new PemContents(entries, now).lines().forEach(out::println);
    List<String> faults = ServerCheck.faults(entries, now);
    out.println();
    out.println(faults.isEmpty() ? "Nothing is wrong with it for a server." : "For a server:");
    faults.forEach(fault -> out.println("- " + fault));
    out.flush();
    return faults.isEmpty() ? 0 : 1;
  }

  private List<PemFile.Entry> entries() throws IOException {
    try {
      return PemFile.read(file).entries();
    } catch (PemException e) {
      throw new IOException(file + " " + e.getMessage(), e);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
