package io.upper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.config.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The program in an environment that lacks characters, a directory or a module. */
@Timeout(180)
class EnvironmentTest {
  private static final String FREE_PORTS =
      "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"port\": 0}}";
  // Root may write everywhere, but cannot create a directory in a file.
  private static final String NO_TEMPORARY_DIRECTORY = "-Djava.io.tmpdir=/dev/null";

  @TempDir private Path directory;

  private UpperProcess.Builder upper() {
    return UpperProcess.ofClasses().in(directory).withCertificate();
  }

  private static void ask(int port) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(60_000);
      client.getOutputStream().write("hello".getBytes(UTF_8));
      assertEquals("HELLO", new String(client.getInputStream().readNBytes(5), UTF_8));
    }
  }

  @Test
  void argumentWithAnAtSignIsNotAFile() throws Exception {
    Files.writeString(directory.resolve("channel"), "--help");
    UpperProcess.Ended ended = upper().run("serve", "@channel");
    assertEquals(
        "Unmatched argument at index 1: '@channel' (see: upper serve --help)\n", ended.err());
    assertEquals(2, ended.status());
  }

  /** Through a shell that reads bytes, since this JVM may be unable to pass them. */
  @Test
  void argumentThatTheLocaleCannotReadIsRefused() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/cmdline")), "needs /proc");
    String damaged = ": not in the locale's charset, ANSI_X3.4-1968; set LC_ALL=C.UTF-8\n";
    UpperProcess.Ended ended =
        upper()
            .shell("export LC_ALL=C; set -- \"$@\" --message $'\\xc3\\xb1'")
            .run("stress", "tcp", "localhost", "1", "1");
    assertEquals("cannot read the argument \"\uFFFD\uFFFD\"" + damaged, ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void pathThatTheLocaleCannotNameIsRefusedInOneLine() throws Exception {
    Files.writeString(
        directory.resolve("conf.json"),
        "{\"tcp\": {\"enabled\": false}, \"udp\": {\"enabled\": false},"
            + " \"tls\": {\"port\": 0, \"certificate\": \"ñ.pem\", \"key\": \"ñ.pem\"}}");
    UpperProcess.Ended ended = upper().environment("LC_ALL", "C").run("-conf", "conf.json");
    assertTrue(
        ended
            .err()
            .endsWith("ñ.pem: not in the locale's charset, ANSI_X3.4-1968; set LC_ALL=C.UTF-8\n"),
        ended.err());
    assertEquals(1, ended.err().lines().count(), ended.err());
  }

  @Test
  void digitsAreAsciiInEveryLocale() throws Exception {
    UpperProcess.Ended ended =
        upper()
            .jvm("-Duser.language=fa")
            .run("-conf", "{\"processes\": 4, \"admin\": {\"enabled\": true, \"port\": 65534}}");
    assertTrue(ended.err().contains("65534 and the 3 after it"), ended.err());
  }

  @Test
  void everyFormatNamesItsLocale() throws IOException {
    Pattern withoutLocale =
        Pattern.compile(
            "\\.formatted\\(|(String\\.format|\\bprintf)\\((?!\\s*Locale\\.ROOT)|to(Lower|Upper)Case\\(\\)");
    try (Stream<Path> files =
        Stream.concat(Files.walk(Path.of("src/main/java")), Files.walk(Path.of("bench/src")))) {
      List<String> found =
          files
              .filter(file -> file.toString().endsWith(".java"))
              .flatMap(file -> matches(withoutLocale, file))
              .toList();
      assertEquals(List.of(), found, "use String.format(Locale.ROOT, …)");
    }
  }

  private static Stream<String> matches(Pattern pattern, Path file) {
    try {
      String text = Files.readString(file);
      Matcher matcher = pattern.matcher(text);
      return matcher
          .results()
          .map(m -> file + ":" + text.substring(0, m.start()).lines().count() + " " + m.group());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void clientAndServerNeedNoTemporaryDirectory() throws Exception {
    try (UpperProcess server = upper().jvm(NO_TEMPORARY_DIRECTORY).start("-conf", FREE_PORTS)) {
      int port = server.awaitPort(Protocol.TCP);
      try (UpperProcess client =
          upper().jvm(NO_TEMPORARY_DIRECTORY).start("client", "tcp", "localhost", "" + port)) {
        client.write("hello\n");
        client.endOfInput();
        UpperProcess.Ended ended = client.awaitEnd();
        assertEquals("Reply is 'HELLO'\n", ended.out(), ended.err());
      }
      UpperProcess.Ended load =
          upper()
              .jvm(NO_TEMPORARY_DIRECTORY)
              .run("stress", "tcp", "localhost", "" + port, "1", "--requests", "1", "--quiet");
      assertEquals(0, load.status(), load.err());
    }
  }

  @Test
  void whatNeedsATemporaryDirectorySaysWhichOption() throws Exception {
    assertEquals(
        "/dev/null: cannot create a temporary directory here;"
            + " choose another directory with -Djava.io.tmpdir=DIRECTORY\n",
        lastLine(upper().jvm(NO_TEMPORARY_DIRECTORY).run("demo")));
    assertEquals(
        "/transport: \"epoll\" is not available here: /dev/null is not a writable directory;"
            + " choose another directory with -Dio.netty.native.workdir=DIRECTORY\n",
        lastLine(
            upper()
                .jvm("-Dio.netty.native.workdir=/dev/null")
                .run("-conf", "{\"transport\": \"epoll\"}")));
    assertEquals(
        "/dev/null: cannot create Vert.x's file cache here;"
            + " choose another directory with -Dvertx.cacheDirBase=DIRECTORY\n",
        lastLine(
            upper()
                .jvm("-Dvertx.cacheDirBase=/dev/null")
                .run("run", "io.upper.server.TcpServerVerticle")));
  }

  private static String lastLine(UpperProcess.Ended ended) {
    return ended.err().substring(ended.err().stripTrailing().lastIndexOf('\n') + 1);
  }

  @Test
  void serverThatIsKilledLeavesNoTemporaryFiles() throws Exception {
    Path temporary = Files.createDirectory(directory.resolve("tmp"));
    try (UpperProcess server =
        upper().jvm("-Djava.io.tmpdir=" + temporary).start("-conf", FREE_PORTS)) {
      ask(server.awaitPort(Protocol.TCP));
      server.awaitPort(Protocol.TLS);
      server.signal("KILL");
      server.awaitEnd();
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Tag("slow")
  @Test
  void flightRecorderIsOptional() throws Exception {
    String modules = "--limit-modules=java.se,jdk.unsupported,jdk.crypto.ec";
    try (UpperProcess server = upper().jvm(modules).start("-conf", FREE_PORTS)) {
      ask(server.awaitPort(Protocol.TCP));
      server.awaitPort(Protocol.TLS);
      server.signal("TERM");
      UpperProcess.Ended ended = server.awaitEnd();
      assertEquals("", ended.err());
      assertEquals(0, ended.status());
    }
    UpperProcess.Ended lab = upper().jvm(modules).run("lab");
    assertEquals(1, lab.status());
    assertEquals(
        "upper lab reads flight recordings, and this Java has no module jdk.jfr;"
            + " lab scaling works\n",
        lab.err());
    assertFalse(Files.exists(directory.resolve("upper-lab.html")));
  }
}
