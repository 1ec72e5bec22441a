package io.upper.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.net.Addresses;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a user's host is resolved. NamesTest covers unknown names. */
class TargetTest {

  /** Host, TLS server name, address. RFC 6066, section 3: literal addresses are no names. */
  @ParameterizedTest
  @CsvSource({
    "localhost,            localhost, 127.0.0.1:7",
    "127.0.0.1,            ,          127.0.0.1:7",
    "127.1,                ,          127.0.0.1:7",
    "::1,                  ,          [::1]:7",
    "[::1],                ,          [::1]:7",
    "::ffff:127.0.0.1,     ,          127.0.0.1:7",
    "fe80::1%1,            ,          [fe80::1%1]:7",
    "0.0.0.0,              ,          127.0.0.1:7",
    "::,                   ,          [::1]:7",
  })
  void host(String host, String serverName, String address) throws UnknownHostException {
    Target target = Target.resolve(host, 7);
    assertEquals(serverName, target.serverName());
    InetSocketAddress first = target.addresses().get(0);
    assertEquals(address, Addresses.text(first).replace("%lo]", "%1]"));
  }

  @Test
  void anUnknownNameFails() {
    assertThrows(UnknownHostException.class, () -> Target.resolve("no-such-host.invalid", 7));
  }
}
