package io.upper.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
  @Test
  void commandCanBeTypedAgain() {
    assertEquals(
        "upper stress tcp ::1 2000 8 --rate=2e3 --message 'it'\\''s $HOME' --fail-if 'p99>5ms' ''",
        Provenance.of(
                List.of(
                    "stress",
                    "tcp",
                    "::1",
                    "2000",
                    "8",
                    "--rate=2e3",
                    "--message",
                    "it's $HOME",
                    "--fail-if",
                    "p99>5ms",
                    ""))
            .command());
  }

  @Test
  void namesTheVersionsThatRun() {
    Provenance here = Provenance.of(List.of());
    assertTrue(here.vertx().matches("5\\.\\d+\\.\\d+.*"), here.vertx());
    assertTrue(here.netty().matches("4\\.\\d+\\.\\d+.*"), here.netty());
    assertTrue(here.java().startsWith(Integer.toString(Runtime.version().feature())), here.java());
    assertTrue(here.processors() > 0);
  }
}
