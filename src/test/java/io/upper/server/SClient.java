package io.upper.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** OpenSSL's {@code s_client}, which can offer what the JDK's client cannot. */
final class SClient {

  private SClient() {}

  static boolean isAvailable() {
    try {
      return run(List.of("openssl", "version")).startsWith("OpenSSL 3");
    } catch (IOException e) {
      return false;
    }
  }

  /** Does a handshake with a server on the loopback, and returns the output. */
  static String output(int port, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of(options));
    return run(command);
  }

  private static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
