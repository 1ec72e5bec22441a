package io.upper.cli;

import io.upper.cert.CertificateAuthority;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upper certs [DIRECTORY]}: creates a CA and a server certificate for tests. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    subcommands = CertsShowCommand.class,
    description = "Make a CA and a server certificate for localhost signed by it.")
public final class CertsCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIRECTORY",
      defaultValue = "certs",
      description = "Where to write the files; created when missing (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CertificateAuthority.create(directory);
    report(CertificateAuthority.CA_CERTIFICATE, "for clients: the CA to trust");
    report(CertificateAuthority.CA_KEY, "secret: signs more certificates");
    report(CertificateAuthority.SERVER_CERTIFICATE, "for the server, valid for localhost");
    report(CertificateAuthority.SERVER_KEY, "secret: the server's key");
    return 0;
  }

  private void report(String name, String purpose) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%s (%s)%n", directory.resolve(name), purpose);
    out.flush();
  }
}
