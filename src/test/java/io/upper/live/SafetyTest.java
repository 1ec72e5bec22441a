package io.upper.live;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class SafetyTest {
  private static Safety at(int port) {
    return new Safety(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** RFC 9110, section 4.2.3: a browser leaves the default port out. */
  @Test
  void thePortOfHttpMayBeLeftOut() {
    assertNull(at(80).refusal("localhost", "http://localhost"));
    assertNull(at(80).refusal("[::1]:80", "http://[::1]"));
    assertNotNull(at(8080).refusal("localhost", "http://localhost"));
    assertNotNull(at(8080).refusal("localhost:80", null));
  }
}
