package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperCommand;
import io.upper.UpperProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** Bad usage and bad configuration: one line that says what and where, status 2. */
@Tag("one-jdk")
class UsageTest {

  /** The arguments, and all of standard error. */
  @ParameterizedTest(name = "upper {0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          frob                         ; Unmatched argument at index 0: 'frob' (see: upper --help)
          serve -frob                  ; Unknown option: '-frob' (see: upper serve --help)
          -instances 0                 ; -instances: /tcp/instances: 0 is not in 1..256
          -conf no/such.json           ; no/such.json: there is no such file, or it cannot be read
          run io.upper.NoSuch          ; io.upper.NoSuch: there is no such verticle class
          client sctp localhost 7      ; Invalid value for positional parameter at index 0 (tcp|udp|tls): sctp is not one of tcp, udp, tls (see: upper client --help)
          lab --models iterative,frob  ; --models: frob is not one of ${lab}, processes:4, cluster:3
          lab report pom.xml           ; pom.xml: not a JSON object
          -conf {"job":{"ms":1}}       ; `-conf: /job/ms: unknown setting; known here: kind, millis`
          --conf {"job":{"kind":"x"}}  ; -conf: /job/kind: "x" is not one of none, sleep, spin
          run                          ; Missing required parameter: 'VERTICLE' (see: upper run --help)
          run java.lang.String         ; java.lang.String: this class is no verticle
          run io.upper.server.TcpServerVerticle -instances 0      ; -instances: 0 is not in 1..256, nor auto
          run io.upper.server.TcpServerVerticle -instances 257    ; -instances: 257 is not in 1..256, nor auto
          run io.upper.server.TcpServerVerticle -instances 1000000000 ; -instances: 1000000000 is not in 1..256, nor auto
          run io.upper.MainVerticle -instances 2                  ; -instances: MainVerticle is deployed once, not 2 times: set "instances" of tcp, udp and tls in the configuration
          client                       ; Missing required parameters: 'tcp|udp|tls', 'HOST', 'PORT' (see: upper client --help)
          client tcp localhost 65536   ; PORT: 65536 is not in 1..65535 (see: upper client --help)
          show frob                    ; NAME: frob is no lesson (upper lesson lists them), nor one of ${models}, processes
          lesson frob                  ; NAME: frob is no lesson (upper lesson lists them)
          lesson tcp-server x          ; tcp-server: the port is no number: For input string: "x"
          lab --clients 0              ; --clients: 0 is not in 1..10000
          lab --out no/such/file.html  ; --out: there is no directory for no/such/file.html
          lab --trace no/such/file.json ; --trace: there is no directory for no/such/file.json
          lab --job sleep              ; Invalid value for option '--job': sleep is not a job such as sleep:100ms, spin:5ms or none, of 1 minute at most (see: upper lab --help)
          lab scaling --instances 4,2  ; --instances: 2 is not in 1..256 and above those before
          lab scaling --model frob     ; Invalid value for option '--model': frob is not one of iterative, event-loop (see: upper lab scaling --help)
          lab report                   ; Missing required parameter: 'FILE' (see: upper lab report --help)
          lab report no/such.json      ; no/such.json: there is no such file
          lab report src/main/resources/conf/default.json ; src/main/resources/conf/default.json: /schema: null is not upper-lab/1
          live -conf {"admin":{"host":"0.0.0.0"}} ; `upper live: /admin/live: true needs a loopback address as /admin/host, such as localhost, not 0.0.0.0`
          check                        ; HOST:PORT is missing: upper check localhost:2000, or upper check -- COMMAND {port}
          certs show                   ; Missing required parameter: 'FILE' (see: upper certs show --help)
          check localhost              ; localhost is not HOST:PORT, such as localhost:2000 or [::1]:2000
          check localhost:0            ; localhost:0: the port is not in 1..65535
          check -- cat                 ; -- COMMAND: {port} is missing: the server has to listen there
          check a:1 -- cat {port}      ; give HOST:PORT or -- COMMAND, not both: a:1 cat {port}
          check --tls                  ; --tls: HOST:PORT is missing, since no server is started (-- COMMAND)
          check --udp unix:/run/u      ; unix:/run/u is not HOST:PORT, such as localhost:2000 or [::1]:2000
          check --udp                  ; --udp: HOST:PORT is missing, since no server is started (-- COMMAND)
          check --explain after-fin    ; --explain: there is no case after-fin (upper check --list)
          check a:1 --only tcp/frob    ; --only: no case or group tcp/frob (upper check --list)
          check a:1 --skip tcp/frob    ; --skip: no case or group tcp/frob (upper check --list)
          check --matrix lesson:udp-client ; --matrix: lesson:udp-client is no server that can be graded (upper lesson lists the lessons)
          check --matrix model:frob    ; `--matrix: model:frob is no server; models: ${models}`
          check --matrix tcp-select    ; --matrix: tcp-select is no server, such as lesson:tcp-select, lesson:all, model:event-loop or model:all
          check --matrix model:all a:1 ; --matrix starts its servers: leave out HOST:PORT and -- COMMAND
          check --matrix model:all --tls ; --tls: not with --matrix
          check --matrix model:all --min 80 ; --min: not with --matrix
          check --matrix model:all --junit target/j.xml ; --junit: not with --matrix
          check --matrix model:all --markdown pom.xml ; --markdown: pom.xml has no lines <!-- matrix --> and <!-- /matrix -->
          check a:1 --markdown target/m.md ; --markdown: only with --matrix
          check --matrix model:all --class pom.xml ; --class: not with --matrix
          check a:1 --only tcp/abuse   ; `--only: tcp/abuse is of a higher level; add --level abuse`
          check a:1 --level frob       ; Invalid value for option '--level': frob is not one of basic, robust, abuse (see: upper check --help)
          client unix                  ; Invalid value for positional parameter at index 0 (tcp|udp|tls): unix is not one of tcp, udp, tls (see: upper client --help)
          client udp unix:/run/u       ; HOST: unix:/run/u is for tcp and tls, not for udp (see: upper client --help)
          stress unix /run/u           ; Missing required parameter: 'CLIENTS' (see: upper stress --help)
          stress --shape reset unix /run/u 1 ; --shape: a Unix domain socket has no reset
          client udp localhost 7 --timeout 0 ; --timeout: 0 is not in 1..3600 (see: upper client --help)
          """)
  void refuses(String args, String line) {
    assertRefused(UpperCommand.run(args.split(" ")), line);
  }

  /** What the launcher refuses, and what ends a process with that status. */
  @Tag("slow")
  @ParameterizedTest(name = "upper {0}")
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      textBlock =
          """
          frob                         ; Unmatched argument at index 0: 'frob' (see: upper --help)
          run io.upper.server.TcpServerVerticle -frob             ; Unknown option: '-frob' (see: upper run --help)
          run io.upper.server.TcpServerVerticle -conf {"job":{"ms":1}} ; `-conf: /job/ms: unknown setting; known here: kind, millis`
          run io.upper.client.ClientVerticle -conf {"messages":1} ; -conf: /messages: 1 is not a list of at least one text, or null
          """)
  void aProcessRefuses(String args, String line) throws Exception {
    assertRefused(UpperProcess.ofClasses().run(args.split(" ")), line);
  }

  private static void assertRefused(UpperProcess.Ended ended, String line) {
    String expected =
        line.replace("${models}", String.join(", ", new ModelWords()))
            .replace("${lab}", String.join(", ", new ModelWords.OfOneMachine()));
    assertEquals(expected + "\n", ended.err());
    assertEquals("", ended.out());
    assertEquals(2, ended.status());
  }

  /** The address is one of RFC 5737: nothing is sent to it. */
  @Test
  void abuseOfAnotherMachineNeedsAnOption() {
    UpperProcess.Ended ended = UpperCommand.run("check", "192.0.2.1:7", "--level", "abuse");
    assertEquals(
        "--level abuse: 192.0.2.1:7 is another machine; if it is yours, add --i-own-this-server\n",
        ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void aFileIsNamedAsItWasGiven(@TempDir Path directory) throws Exception {
    Files.createDirectory(directory.resolve("conf"));
    Files.writeString(directory.resolve("conf/my.json"), "{\"tcp\": {\"port\": 70000}}");
    UpperProcess.Ended ended = UpperProcess.ofClasses().in(directory).run("-conf", "conf/my.json");
    assertEquals("conf/my.json: /tcp/port: 70000 is not in 0..65535\n", ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void aFileInTheWorkingDirectoryWinsOverTheClassPath(@TempDir Path directory) throws Exception {
    Files.createDirectory(directory.resolve("conf"));
    Files.writeString(directory.resolve("conf/lesson.json"), "{\"mine\": 1}");
    UpperProcess.Ended ended =
        UpperProcess.ofClasses().in(directory).run("-conf", "conf/lesson.json");
    assertTrue(ended.err().startsWith("conf/lesson.json: /mine: unknown setting"), ended.err());
    assertEquals(2, ended.status());
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          UPPER_TCP_PROT | 1     | environment: UPPER_TCP_PROT: unknown setting; did you mean UPPER_TCP_PORT?
          UPPER_TCP_PORT | ten   | environment: /tcp/port: "ten" is not an integer in 0..65535
          UPPER_DRAIN_SECONDS | 101 | environment: /drainSeconds: 101 is not in 0..100
          """)
  void aBadVariableOfTheEnvironmentIsNamed(String name, String value, String line)
      throws Exception {
    UpperProcess.Ended ended = UpperProcess.ofClasses().environment(name, value).run("serve");
    assertEquals(line + "\n", ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void verboseShowsTheStackTraceToo() throws Exception {
    String conf = "{\"host\": \"no-such-host.invalid\"}";
    UpperProcess.Ended ended =
        UpperProcess.ofClasses()
            .run("run", "io.upper.server.TcpServerVerticle", "-v", "-conf", conf);
    String message = "tcp cannot listen on no-such-host.invalid:2000: the name is unknown";
    assertTrue(ended.err().contains("IllegalStateException: " + message + "\n\tat "), ended.err());
    assertEquals(1, ended.status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "serve ", "run ", "demo ", "client ", "certs ", "show "})
  void helpIsNoError(String command) {
    String option = command.isEmpty() ? "--help" : "-h";
    UpperProcess.Ended ended = UpperCommand.run((command + option).split(" "));
    assertEquals("", ended.err());
    assertTrue(ended.out().startsWith("Usage: upper " + command), ended.out());
    assertEquals(0, ended.status());
  }

  @ParameterizedTest
  @CsvSource({"help certs, certs", "help lab scaling, lab scaling"})
  void helpIsACommandToo(String args, String command) {
    UpperProcess.Ended ended = UpperCommand.run(args.split(" "));
    assertEquals("", ended.err());
    assertTrue(ended.out().startsWith("Usage: upper " + command + " ["), ended.out());
    assertEquals(0, ended.status());
  }

  /**
   * A list of commands shows the first element of a description, so that is a sentence; and only
   * what is one element is wrapped as a whole.
   */
  @ParameterizedTest
  @ValueSource(
      classes = {
        ServeCommand.class,
        RunCommand.class,
        DemoCommand.class,
        ClientCommand.class,
        StressCommand.class,
        CheckCommand.class,
        LabCommand.class,
        LabScalingCommand.class,
        ShowCommand.class,
        ConfigCommand.class,
        CertsCommand.class,
        CertsShowCommand.class
      })
  void helpIsMadeOfSentences(Class<?> command) {
    CommandSpec spec = new CommandLine(command).getCommandSpec();
    String description = spec.usageMessage().description()[0];
    assertTrue(description.endsWith("."), description);
    for (ArgSpec argument : spec.args()) {
      assertEquals(1, argument.description().length, argument::paramLabel);
    }
  }

  @Test
  void aFailureOfAFileIsMoreThanItsPath() {
    assumeTrue(Files.isDirectory(Path.of("/proc")), "/proc takes no directory");
    UpperProcess.Ended ended = UpperCommand.run("certs", "/proc/x");
    assertEquals("/proc/x cannot be written to: choose another directory\n", ended.err());
    assertEquals(1, ended.status());
  }
}
