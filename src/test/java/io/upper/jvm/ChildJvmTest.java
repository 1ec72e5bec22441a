package io.upper.jvm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.kqueue.KQueue;
import io.upper.UpperProcess;
import io.upper.config.Protocol;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that the user sets for the program's own JVM stay there. */
@Timeout(120)
class ChildJvmTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-Xmx64m",
        "-Xss512k",
        "-XX:MaxRAMPercentage=50",
        "-XX:+UseZGC",
        "-XX:AOTCache=target/upper.jsa",
        "-Xlog:cds=off",
        "-Djava.io.tmpdir=/var/tmp",
        "--add-opens=java.base/java.lang=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-ea"
      })
  void serverProcessInheritsTheOption(String option) {
    assertEquals(List.of(option), ChildJvm.serverOptions(List.of(option)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
        "-Xrunjdwp:transport=dt_socket,server=y,address=5005",
        "-javaagent:agent.jar",
        "-agentpath:/opt/agent.so",
        "-Xlog:gc:file=gc.log",
        "-Xlog:gc",
        "-Xloggc:gc.log",
        "-verbose:gc",
        "-XX:StartFlightRecording=filename=upper.jfr",
        "-XX:FlightRecorderOptions:repository=/var/tmp",
        "-XX:+PrintFlagsFinal",
        "-XX:+LogVMOutput",
        "-XX:DumpLoadedClassList=classes",
        "-XX:AOTCacheOutput=upper.aot",
        "-Dcom.sun.management.jmxremote.port=9010"
      })
  void serverProcessDoesNotInheritTheOption(String option) {
    assertEquals(List.of(), ChildJvm.serverOptions(List.of(option)));
  }

  @Test
  void optionForChildrenIsPassedOn() {
    String option = "-Dio.upper.child=-javaagent:agent.jar";
    assertEquals(
        List.of(option, "-javaagent:agent.jar"), ChildJvm.serverOptions(List.of(option, "-Xlog")));
  }

  /** Each of them, and keytool, would otherwise try to bind the debugger's port. */
  @Test
  @Tag("slow")
  void serverProcessesStartUnderADebugger() throws Exception {
    assumeTrue(Epoll.isAvailable() || KQueue.isAvailable(), "needs a native transport");
    int port;
    try (ServerSocket free = new ServerSocket(0, 0, LOOPBACK)) {
      port = free.getLocalPort();
    }
    String debugger =
        "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port;
    try (UpperProcess server =
        UpperProcess.ofClasses()
            .in(directory)
            .environment("JAVA_TOOL_OPTIONS", debugger)
            .start(
                "-conf",
                "{\"processes\": 2, \"tls\": {\"port\": 0},"
                    + " \"tcp\": {\"enabled\": false}, \"udp\": {\"enabled\": false}}")) {
      server.awaitLine("process 1 .*: tls listening on .*");
      server.awaitLine("process 2 .*: tls listening on .*");
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }

  @Test
  void outputOfTheJvmItselfIsNotPartOfAReply() throws Exception {
    try (UpperProcess server =
        UpperProcess.ofClasses()
            .in(directory)
            .environment("JAVA_TOOL_OPTIONS", "-Xms64m -XX:StartFlightRecording:settings=none")
            .start(
                "-conf",
                "{\"tcp\": {\"port\": 0, \"model\": \"process-per-connection\"},"
                    + " \"tls\": {\"enabled\": false}, \"udp\": {\"enabled\": false}}")) {
      try (Socket client = new Socket(LOOPBACK, server.awaitPort(Protocol.TCP))) {
        client.setSoTimeout(60_000);
        assertEquals("HELLO", ask(client, "hello"));
        ProcessHandle filter =
            ProcessHandle.of(server.pid()).orElseThrow().children().findFirst().orElseThrow();
        // Ctrl-\ in a terminal reaches it too: Java prints a thread dump.
        assertEquals(0, new ProcessBuilder("kill", "-QUIT", "" + filter.pid()).start().waitFor());
        server.awaitError("Full thread dump");
        assertEquals("AGAIN", ask(client, "again"));
        client.shutdownOutput();
        assertEquals(-1, client.getInputStream().read());
      }
      // Killed, it would leave the recording's directory.
      server.signal("TERM");
      assertEquals(0, server.awaitEnd().status());
    }
  }

  private static String ask(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(UTF_8));
    return new String(client.getInputStream().readNBytes(text.length()), UTF_8);
  }
}
