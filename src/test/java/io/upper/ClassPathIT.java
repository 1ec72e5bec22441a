package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The program with a jar of somebody else's beside its own. */
@Timeout(300)
class ClassPathIT {
  private static final Path PROGRAM = Path.of("target/upper.jar").toAbsolutePath();
  private static final String VERTICLE =
      """
      package stranger;
      public class Greeter extends io.vertx.core.VerticleBase {
        public io.vertx.core.Future<?> start() {
          System.out.println("greetings from a stranger");
          return io.vertx.core.Future.succeededFuture();
        }
      }
      """;

  private enum Way {
    SCRIPT {
      @Override
      UpperProcess.Builder start() {
        assumeTrue(Files.isExecutable(Path.of("/bin/sh")), "no sh");
        return UpperProcess.ofScript(directory.resolve("upper"))
            .environment("CLASS_ARCHIVE", "no")
            .environment("UPPER_CLASSPATH", "nothing-in-it:stranger.jar");
      }
    },
    JAVA {
      @Override
      UpperProcess.Builder start() {
        return UpperProcess.ofClassPath(
            PROGRAM + File.pathSeparator + "stranger.jar", "io.upper.Main");
      }
    };

    abstract UpperProcess.Builder start();
  }

  @TempDir private static Path directory;

  @BeforeAll
  static void compileTheStranger() throws IOException {
    Files.copy(Path.of("upper"), directory.resolve("upper"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectory(directory.resolve("target"));
    Files.copy(PROGRAM, directory.resolve("target/upper.jar"));
    Path source = Files.createDirectories(directory.resolve("stranger")).resolve("Greeter.java");
    Files.writeString(source, VERTICLE);
    String[] arguments = {"-proc:none", "-cp", PROGRAM.toString(), source.toString()};
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments));
    Files.createDirectory(directory.resolve("nothing-in-it"));
    try (OutputStream file = Files.newOutputStream(directory.resolve("stranger.jar"));
        JarOutputStream jar = new JarOutputStream(file)) {
      jar.putNextEntry(new JarEntry("stranger/Greeter.class"));
      jar.write(Files.readAllBytes(directory.resolve("stranger/Greeter.class")));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theProgramHasTheStrangersClasses(Way way) throws Exception {
    try (UpperProcess program = way.start().in(directory).start("run", "stranger.Greeter")) {
      program.awaitLine("greetings from a stranger");
      program.signal("TERM");
      UpperProcess.Ended ended = program.awaitEnd();
      assertEquals(0, ended.status());
      assertEquals("", ended.err());
    }
  }

  /** Server processes, and the built-in child of each connection. */
  @ParameterizedTest
  @EnumSource
  void childJvmsHaveThemToo(Way way) throws Exception {
    assumeTrue(Epoll.isAvailable() || KQueue.isAvailable(), "needs a native transport");
    String conf =
        "{\"processes\": 2, \"tcp\": {\"port\": 0, \"model\": \"process-per-connection\"},"
            + " \"udp\": {\"enabled\": false}, \"tls\": {\"enabled\": false}}";
    try (UpperProcess server = way.start().in(directory).start("-conf", conf)) {
      int port = Integer.parseInt(server.awaitLine("process 1 .*:(\\d+) \\(.*").group(1));
      server.awaitLine("process 2 .* listening on .*");
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
        client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
        byte[] reply = client.getInputStream().readNBytes(5);
        assertEquals("HELLO", new String(reply, StandardCharsets.UTF_8));
        List<ProcessHandle> children =
            ProcessHandle.of(server.pid()).orElseThrow().descendants().toList();
        assertEquals(3, children.size());
        for (ProcessHandle child : children) {
          String[] arguments = child.info().arguments().orElseThrow();
          assertTrue(
              Arrays.stream(arguments).anyMatch(one -> one.matches(".*upper\\.jar:.*stranger.jar")),
              () -> Arrays.toString(arguments));
        }
      }
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }

  @Test
  void aMissingFileIsOneLine() throws Exception {
    UpperProcess.Ended ended =
        Way.SCRIPT
            .start()
            .in(directory)
            .environment("UPPER_CLASSPATH", "stranger.jar:elsewhere/*:other.jar")
            .run("--version");
    assertEquals(2, ended.status());
    assertEquals(
        "upper: UPPER_CLASSPATH: elsewhere/*: there is no such file, or it cannot be read\n",
        ended.err());
  }
}
