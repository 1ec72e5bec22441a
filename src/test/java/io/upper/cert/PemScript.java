package io.upper.cert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Makes the files of {@code pem-files.sh}, as openssl, keytool and others write them. */
public final class PemScript {
  private static final int NO_OPENSSL = 77;

  private PemScript() {}

  /**
   * Makes them; skips the test where sh or openssl 3 is missing.
   *
   * @param more further lines of the script
   */
  public static void run(Path directory, String more) throws Exception {
    Path script = directory.resolve("make.sh");
    try (var in = PemScript.class.getResourceAsStream("/pem-files.sh")) {
      Files.writeString(script, new String(in.readAllBytes(), UTF_8) + more);
    }
    Process process;
    try {
      ProcessBuilder builder = new ProcessBuilder("sh", "-e", script.toString());
      builder.environment().put("KEYTOOL", System.getProperty("java.home") + "/bin/keytool");
      builder.environment().put("LC_ALL", "C");
      process = builder.directory(directory.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "there is no sh");
      return;
    }
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    assumeTrue(process.exitValue() != NO_OPENSSL, "there is no openssl 3");
    assertEquals(0, process.exitValue(), output);
  }
}
