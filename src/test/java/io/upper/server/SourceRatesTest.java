package io.upper.server;

import static org.junit.jupiter.api.Assertions.*;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The test sets the time. */
class SourceRatesTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByName(text);
  }

  private static int admitted(SourceRates rates, InetAddress source, int asked, long now) {
    int admitted = 0;
    for (int i = 0; i < asked; i++) {
      admitted += rates.admits(source, now) ? 1 : 0;
    }
    return admitted;
  }

  @Test
  void aSourceHasItsBurstThenItsRate() throws UnknownHostException {
    SourceRates rates = new SourceRates(10, 5, 0);
    InetAddress source = address("192.0.2.1");
    assertEquals(5, admitted(rates, source, 100, 0));
    assertEquals(3, admitted(rates, source, 100, 3 * SECOND / 10));
    assertEquals(5, admitted(rates, source, 100, 60 * SECOND));
  }

  @Test
  void theClockMayBeNegative() throws UnknownHostException {
    SourceRates rates = new SourceRates(10, 5, -SECOND);
    assertEquals(5, admitted(rates, address("192.0.2.1"), 100, -SECOND));
    assertEquals(1, admitted(rates, address("192.0.2.1"), 100, -9 * SECOND / 10));
  }

  @Test
  void sourcesDoNotAffectEachOther() throws UnknownHostException {
    SourceRates rates = new SourceRates(10, 5, 0);
    assertEquals(5, admitted(rates, address("192.0.2.1"), 100, 0));
    assertEquals(5, admitted(rates, address("192.0.2.2"), 100, 0));
  }

  /** RFC 4291, section 2.5.4: the rest of the address is the host's own choice. */
  @Test
  void aNetworkOfIpv6IsOneSource() throws UnknownHostException {
    SourceRates rates = new SourceRates(10, 5, 0);
    assertEquals(5, admitted(rates, address("2001:db8::1"), 100, 0));
    assertEquals(0, admitted(rates, address("2001:db8::ffff:2"), 100, 0));
    assertEquals(5, admitted(rates, address("2001:db8:0:1::1"), 100, 0));
  }

  /** More sources than slots: each still has its burst at first. */
  @Test
  void aNewSourceIsNeverPunishedForOthers() {
    SourceRates rates = new SourceRates(1, 1, 0);
    for (int i = 0; i < 300_000; i++) {
      byte[] bytes = {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i};
      assertDoesNotThrow(
          () -> assertTrue(rates.admits(InetAddress.getByAddress(bytes), 0)), "source " + i);
    }
  }
}
