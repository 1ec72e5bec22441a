package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.UpperProcess;
import io.upper.config.Protocol;
import io.vertx.core.transport.Transport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The main verticle under Vert.x's own application launcher: what was wrong reaches the user. */
@Timeout(120)
@Tag("one-jdk")
class StockLauncherTest {
  private static final String FREE_PORTS =
      "{\"tcp\": {\"port\": 0}, \"udp\": {\"port\": 0}, \"tls\": {\"enabled\": false}}";

  private static UpperProcess.Builder launcher() {
    return UpperProcess.ofClasses("io.vertx.launcher.application.VertxApplication");
  }

  @Test
  void aWrongConfigurationIsReported() throws Exception {
    UpperProcess.Ended ended =
        launcher().run("io.upper.MainVerticle", "-conf", "{\"tcp\": {\"port\": 70000}}");
    assertTrue(ended.err().contains("/tcp/port: 70000 is not in 0..65535"), ended.err());
    assertEquals(15, ended.status());
  }

  @Test
  void severalInstancesAreRefused() throws Exception {
    UpperProcess.Ended ended =
        launcher().run("io.upper.MainVerticle", "-conf", FREE_PORTS, "-instances", "2");
    assertTrue(
        ended.err().contains("-instances: MainVerticle is deployed once, not 2 times"),
        ended.err());
    assertEquals(15, ended.status());
  }

  @Test
  void theLaunchersTransportIsReported() throws Exception {
    assumeTrue(Transport.nativeTransport() != null, "there is a native transport");
    try (UpperProcess server = launcher().start("io.upper.MainVerticle", "-conf", FREE_PORTS)) {
      server.awaitLine("transport: nio");
      server.awaitLine("the launcher has chosen nio: .*preferNativeTransport.* it is .+");
      end(server);
    }
    String options = "{\"preferNativeTransport\": true}";
    try (UpperProcess server =
        launcher().start("io.upper.MainVerticle", "-conf", FREE_PORTS, "-options", options)) {
      server.awaitLine("transport: " + Transport.nativeTransport().name());
      end(server);
    }
  }

  /** A killed one would leave Vert.x's cache directory behind. */
  private static void end(UpperProcess server) throws Exception {
    server.signal("TERM");
    server.awaitEnd();
  }

  @Test
  void noLauncherIsToBlameWhereThereIsNoOtherTransport() throws Exception {
    try (UpperProcess server =
        UpperProcess.ofClasses()
            .jvm("-Dio.netty.native.workdir=/dev/null")
            .start("-conf", FREE_PORTS)) {
      server.awaitPort(Protocol.TCP);
      server.signal("TERM");
      String out = server.awaitEnd().out();
      assertTrue(out.contains("transport: nio; a native one is not available: "), out);
      assertFalse(out.contains("the launcher has chosen"), out);
    }
  }
}
