package io.upper.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code upper certs} with names and clients, judged by openssl. */
class CertsTest {
  @TempDir private Path directory;

  private UpperProcess.Ended certs(String... options) {
    List<String> args = new ArrayList<>(List.of("certs", directory.toString()));
    args.addAll(Arrays.asList(options));
    return UpperCommand.run(args.toArray(String[]::new));
  }

  /** What openssl prints about the files in the directory. */
  private String openssl(String arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(List.of(arguments.split(" ")));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assumeTrue(false, "there is no openssl");
      return "";
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }

  @Test
  @Tag("slow")
  void aServerHasItsNamesAndAClientIsSignedByTheSameAuthority() throws Exception {
    UpperProcess.Ended made =
        certs(
            "--name=*.example.org",
            "--name=shop",
            "--ip=192.0.2.7",
            "--ip=2001:db8::7",
            "--days=30",
            "--client=alice");
    assertEquals("", made.err());
    assertEquals(0, made.status());
    assertTrue(
        made.out().contains("valid for localhost, *.example.org, shop, 192.0.2.7, 2001:db8::7)\n"),
        made.out());
    for (String options :
        List.of(
            "-purpose sslserver -verify_hostname www.example.org CAfile server-cert.pem",
            "-purpose sslserver -verify_hostname shop CAfile server-cert.pem",
            "-purpose sslserver -verify_hostname localhost CAfile server-cert.pem",
            "-purpose sslserver -verify_ip 192.0.2.7 CAfile server-cert.pem",
            "-purpose sslserver -verify_ip 2001:db8::7 CAfile server-cert.pem",
            "-purpose sslclient CAfile alice-cert.pem")) {
      openssl("verify " + options.replace("CAfile", "-CAfile ca-cert.pem"));
    }
    assertEquals(
        openssl("x509 -in alice-cert.pem -noout -pubkey"),
        openssl("pkey -in alice-key.pem -pubout"));
    assertTrue(openssl("x509 -in alice-cert.pem -noout -subject").contains("alice"));
    openssl("x509 -in server-cert.pem -noout -checkend " + (30 * 86_400 - 600));
    UpperProcess.Ended shown =
        UpperCommand.run("certs", "show", directory.resolve("server-cert.pem").toString());
    assertTrue(shown.out().contains("(29 days left)"), shown.out());
    renews();
    addsAClientLater();
  }

  private void renews() throws Exception {
    String before = openssl("x509 -in server-cert.pem -noout -serial");
    UpperProcess.Ended renewed = certs("--renew");
    assertEquals("", renewed.err());
    assertEquals(
        directory.resolve("server-cert.pem") + " (renewed, with the same names and key)\n",
        renewed.out());
    assertNotEquals(before, openssl("x509 -in server-cert.pem -noout -serial"));
    assertEquals(
        openssl("x509 -in server-cert.pem -noout -pubkey"),
        openssl("pkey -in server-key.pem -pubout"));
    openssl("verify -CAfile ca-cert.pem -verify_ip 2001:db8::7 server-cert.pem");
    openssl("verify -CAfile ca-cert.pem -verify_hostname www.example.org server-cert.pem");
    openssl("x509 -in server-cert.pem -noout -checkend " + (30 * 86_400 - 600));
  }

  private void addsAClientLater() throws Exception {
    String server = Files.readString(directory.resolve("server-cert.pem"));
    UpperProcess.Ended bob = certs("--client=bob");
    assertEquals("", bob.err());
    openssl("verify -purpose sslclient -CAfile ca-cert.pem bob-cert.pem");
    assertEquals(server, Files.readString(directory.resolve("server-cert.pem")));
    UpperProcess.Ended again = certs("--client=bob");
    assertEquals(
        directory.resolve("bob-key.pem")
            + " exists already: remove it first or choose another directory\n",
        again.err());
    assertEquals(1, again.status());
    assertEquals(
        "--client: "
            + directory.resolve("ca-key.pem")
            + " exists already, so no server certificate is made: omit --name and --ip\n",
        certs("--client=carol", "--name=shop").err());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(8, files.count(), "four files, and two for each client");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--name=a,IP:1.2.3.4 | --name: a,IP:1.2.3.4 is no host name in ASCII",
        "--name=ñ | --name: ñ is no host name in ASCII",
        "--ip=localhost | --ip: localhost is no IP address",
        "--ip=fe80::1%lo | --ip: fe80::1%lo is no IP address",
        "--renew --ip=192.0.2.7 | --renew keeps the names: omit --name, --ip and --client",
        "--days=824 | --days: 824 is not in 1..823",
        "--client=../x | --client: ../x is no name of 1 to 64 letters, digits, -, _ and ., or is"
            + " taken",
        "--client=server | --client: server is no name of 1 to 64 letters, digits, -, _ and ., or is"
            + " taken"
      })
  void impossibleOptionsAreRefusedBeforeAnythingIsWritten(String option, String line)
      throws IOException {
    UpperProcess.Ended ended = certs(option.split(" "));
    assertEquals(line + "\n", ended.err());
    assertEquals(2, ended.status());
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }
}
