package io.upper.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesTest {
  private static final byte[] LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,                       127.0.0.1,      127.0.0.1:80",
    "0:0:0:0:0:0:0:1,                 ::1,            [::1]:80",
    "::ffff:127.0.0.2,                127.0.0.2,      127.0.0.2:80",
    "2001:DB8:0:0:1:0:0:1,            2001:db8::1:0:0:1, [2001:db8::1:0:0:1]:80",
    "[fe80::5],                       fe80::5,        [fe80::5]:80",
  })
  void formatsByRfc5952(String literal, String address, String withPort)
      throws UnknownHostException {
    InetAddress only = Addresses.resolve(literal).get(0);
    assertEquals(address, Addresses.text(only));
    assertEquals(withPort, Addresses.text(new InetSocketAddress(only, 80)));
  }

  @Test
  void aZoneKeepsItsName() throws Exception {
    NetworkInterface loopback = NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
    InetAddress named = Inet6Address.getByAddress(null, LOOPBACK, loopback);
    assertEquals("::1%" + loopback.getName(), Addresses.text(named));
    byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
    InetAddress numbered = Inet6Address.getByAddress(null, bytes, 7);
    assertEquals("[fe80::1%7]:9", Addresses.text(new InetSocketAddress(numbered, 9)));
  }

  @Test
  void aHostIsBracketedOnlyIfItIsABareIpv6Literal() {
    assertEquals("localhost:1", Addresses.text("localhost", 1));
    assertEquals("[::1]:1", Addresses.text("::1", 1));
    assertEquals("[::1]:1", Addresses.text("[::1]", 1));
    assertEquals("no.such:1", Addresses.text(InetSocketAddress.createUnresolved("no.such", 1)));
  }

  @Test
  void aNameResolvesToAllItsAddressesWithoutDuplicates() throws UnknownHostException {
    List<InetAddress> all = Addresses.resolve("localhost");
    assertEquals(all.stream().distinct().toList(), all);
    assertThrows(UnknownHostException.class, () -> Addresses.resolve("no-such-host.invalid"));
  }
}
