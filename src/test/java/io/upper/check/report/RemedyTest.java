package io.upper.check.report;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.check.CheckCase;
import io.upper.check.cases.Cases;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every case has a remedy: its own, not that of a pattern that fits by chance. */
class RemedyTest {
  private static Stream<CheckCase> cases() {
    return Cases.ALL.stream();
  }

  @Test
  void everyCaseHasOne() {
    cases().forEach(check -> assertTrue(Remedy.of(check).isPresent(), check.id()));
  }

  @ParameterizedTest
  @CsvSource({
    "tcp/text/cut-2, decoder of its own",
    "tls/text/cut-4, decoder of its own",
    "tcp/many/cut-characters-apart, decoder of its own",
    "tcp/text/crlf, no letter",
    "tcp/text/longer, UTF-8",
    "udp/text/invalid-bytes, errors of one client",
    "tcp/pressure/never-reads, Never wait",
    "tls/handshake/stalled, Never wait",
    "tls/end/reply-after-notify, close_notify",
    "tls/end/reset-in-flight, errors of one client",
    "tls/handshake/no-version-1.1, TLS 1.2 and 1.3",
    "udp/size/empty, may be none"
  })
  void itFits(String id, String words) {
    CheckCase check = cases().filter(each -> each.id().equals(id)).findFirst().orElseThrow();
    assertTrue(Remedy.of(check).orElse("").contains(words), Remedy.of(check).toString());
  }
}
