package io.upper.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** OpenSSL's {@code s_client}, which can offer what the JDK's client cannot. */
final class SClient {
  private static final Pattern VERSION = Pattern.compile("^OpenSSL (\\d+\\.\\d)");

  private SClient() {}

  static boolean isAvailable() {
    return version() >= 3;
  }

  /** The program's version, 3.5 for example; 0 if it is missing, or is not OpenSSL. */
  static double version() {
    try {
      Matcher version = VERSION.matcher(run(List.of("openssl", "version")));
      return version.find() ? Double.parseDouble(version.group(1)) : 0;
    } catch (IOException e) {
      return 0;
    }
  }

  /** Does a handshake with a server on the loopback, and returns the output. */
  static String output(int port, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
    command.addAll(List.of(options));
    return run(command);
  }

  static String run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    return new String(process.getInputStream().readAllBytes(), UTF_8);
  }
}
