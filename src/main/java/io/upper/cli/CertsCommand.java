package io.upper.cli;

import io.netty.util.NetUtil;
import io.upper.cert.CertificateAuthority;
import io.upper.cert.CertificateRenewal;
import io.upper.cert.ClientCertificate;
import io.upper.config.ConfigurationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code upper certs [DIRECTORY]}: creates a CA and certificates signed by it. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    subcommands = CertsShowCommand.class,
    description = "Make a CA and a server certificate for localhost signed by it.",
    sortOptions = false)
public final class CertsCommand implements Callable<Integer> {
  // Of a host, perhaps with a wildcard in front; of a client.
  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_-]*)(\\.[A-Za-z0-9_][A-Za-z0-9_-]*)*");
  private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,63}");
  private static final Set<String> TAKEN = Set.of("ca", "server");

  @Parameters(
      arity = "0..1",
      paramLabel = "DIRECTORY",
      defaultValue = "certs",
      description = "Where to write the files; created when missing (default: ${DEFAULT-VALUE}).")
  private Path directory;

  @Option(
      names = "--name",
      paramLabel = "HOST",
      description = "A further name of the server, such as *.example.org. Repeatable.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--ip",
      paramLabel = "ADDRESS",
      description = "A further address of the server. Repeatable.")
  private List<String> addresses = new ArrayList<>();

  @Option(
      names = "--client",
      paramLabel = "NAME",
      description =
          "Make a client certificate, too: NAME-cert.pem and NAME-key.pem. With a CA that is there"
              + " already, only that.")
  private String client;

  @Option(
      names = "--renew",
      description =
          "Renew the server's certificate instead, with the same names and key, and that of the CA"
              + " if it would expire first. A running server takes it at once.")
  private boolean renew;

  @Option(
      names = "--days",
      paramLabel = "N",
      converter = WholeNumberConverter.class,
      description =
          "How long they are valid, the CA excepted (default: "
              + CertificateAuthority.SERVER_DAYS
              + "; with --renew, as long as the last one).")
  private Long days;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    check();
    if (renew) {
      renew();
      return 0;
    }
    int days = this.days == null ? CertificateAuthority.SERVER_DAYS : this.days.intValue();
    boolean authority = Files.exists(directory.resolve(CertificateAuthority.CA_KEY));
    if (client == null || !authority) {
      CertificateAuthority.create(directory, names, addresses, days);
      report(CertificateAuthority.CA_CERTIFICATE, "for clients: the CA to trust");
      report(CertificateAuthority.CA_KEY, "secret: signs more certificates");
      report(CertificateAuthority.SERVER_CERTIFICATE, "for the server, valid for " + valid());
      report(CertificateAuthority.SERVER_KEY, "secret: the server's key");
    } else if (!names.isEmpty() || !addresses.isEmpty()) {
      throw new ConfigurationException(
          "--client: "
              + directory.resolve(CertificateAuthority.CA_KEY)
              + " exists already, so no server certificate is made: omit --name and --ip");
    }
    if (client != null) {
      ClientCertificate.create(directory, client, days);
      report(ClientCertificate.certificate(client), "for the client " + client);
      report(ClientCertificate.key(client), "secret: the client's key");
    }
    return 0;
  }

  private void renew() throws IOException {
    int valid = days == null ? 0 : days.intValue();
    for (Path file : CertificateRenewal.renew(directory, valid, Instant.now())) {
      boolean server = file.endsWith(CertificateAuthority.SERVER_CERTIFICATE);
      report(
          file.getFileName().toString(),
          server
              ? "renewed, with the same names and key"
              : "renewed, with the same key: give it to clients");
    }
  }

  private void check() {
    require(
        !renew || names.isEmpty() && addresses.isEmpty() && client == null,
        "--renew keeps the names: omit --name, --ip and --client");
    if (days != null) {
      Bounds.requireIn("--days", days, 1, CertificateAuthority.SERVER_DAYS);
    }
    for (String name : names) {
      require(HOST.matcher(name).matches(), "--name: " + name + " is no host name in ASCII");
    }
    for (String address : addresses) {
      byte[] literal = NetUtil.createByteArrayFromIpAddressString(address);
      require(
          literal != null && address.matches("[0-9A-Fa-f:.]+"),
          "--ip: " + address + " is no IP address");
    }
    require(
        client == null || CLIENT.matcher(client).matches() && !TAKEN.contains(client),
        "--client: " + client + " is no name of 1 to 64 letters, digits, -, _ and ., or is taken");
  }

  private static void require(boolean condition, String failure) {
    if (!condition) {
      throw new ConfigurationException(failure);
    }
  }

  private String valid() {
    List<String> all = new ArrayList<>(List.of("localhost"));
    all.addAll(names);
    all.addAll(addresses);
    return String.join(", ", all);
  }

  private void report(String name, String purpose) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(Locale.ROOT, "%s (%s)%n", directory.resolve(name), purpose);
    out.flush();
  }
}
