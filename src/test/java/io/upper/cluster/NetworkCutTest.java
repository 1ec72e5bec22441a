package io.upper.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.upper.ChildClassPath;
import io.upper.jvm.ChildJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three hosts, which are network namespaces on one bridge. */
@Timeout(300)
@Tag("slow")
@Tag("one-jdk")
class NetworkCutTest {
  private static final long PATIENCE_SECONDS = 240;

  /** Neither of the two hears anything of the other for 15 s; both hear the third. */
  private static final String CUT =
      """
      set -e
      for i in 1 2 3; do unshare -n sleep 300 & hosts[$i]=$!; done
      trap 'kill ${hosts[@]} $programs $stress' EXIT
      on() { local host=$1; shift; nsenter -t ${hosts[$host]} -n "$@"; }
      # In the background: $! is then the program, and not a shell that waits for it.
      run() { local host=$1; shift; exec nsenter -t ${hosts[$host]} -n "$@"; }
      await() { for i in $(seq 900); do grep -q "$2" $1 && return; sleep 0.1; done; cat *.log; exit 9; }
      ip link set lo up
      ip link add hub type bridge
      ip link set hub up
      for i in 1 2 3; do
        until [ "$(readlink /proc/${hosts[$i]}/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
        ip link add port$i type veth peer name eth0
        ip link set eth0 netns ${hosts[$i]}
        ip link set port$i master hub up
        on $i ip link set lo up
        on $i ip address add 10.9.0.$i/24 dev eth0
        on $i ip link set eth0 up
      done
      conf() { echo '{"tcp": {"host": "127.0.0.1", "port": 0, "model": "cluster"},
        "udp": {"enabled": false}, "tls": {"enabled": false}, "job": {"kind": "sleep", "millis": 5},
        "cluster": {"host": "10.9.0.'$1'", "members": ["10.9.0.1", "10.9.0.2", "10.9.0.3"],
        "secret": "of the test"}}'; }
      run 1 "$@" serve -conf "$(conf 1)" >gateway.log 2>&1 & programs="$!"
      await gateway.log 'tcp listening'
      run 2 "$@" node -conf "$(conf 2)" >two.log 2>&1 & programs="$programs $!"
      run 3 "$@" node -conf "$(conf 3)" >three.log 2>&1 & programs="$programs $!"
      await two.log 'gives it jobs'
      await three.log 'gives it jobs'
      port=$(sed -n 's/^tcp listening on [^ ]*:\\([0-9]*\\) .*/\\1/p' gateway.log)
      run 1 "$@" stress tcp 127.0.0.1 $port 20 --rate 50 --duration 30s --quiet \\
        --fail-if 'errors>0' --fail-if 'never-served>0' --fail-if 'unsent>50' >stress.log 2>&1 & stress=$!
      sleep 3
      on 1 ip route add blackhole 10.9.0.2/32
      on 2 ip route add blackhole 10.9.0.1/32
      await gateway.log '10.9.0.2:5701 is silent'
      sleep 15
      on 1 ip route del blackhole 10.9.0.2/32
      on 2 ip route del blackhole 10.9.0.1/32
      await gateway.log '10.9.0.2:5701 answers again'
      status=0
      wait $stress || status=$?
      cat *.log
      exit $status
      """;

  @TempDir private Path directory;

  @Test
  void aCutOfFifteenSecondsLosesNoReply() throws Exception {
    assumeTrue(canMakeNamespaces(), "needs root, unshare and ip, to make network namespaces");
    List<String> command = new ArrayList<>();
    command.addAll(List.of("unshare", "-n", "bash", "-c", CUT, "bash"));
    command.addAll(ChildClassPath.command("io.upper.Main"));
    Process process =
        ChildJvm.process(command).directory(directory.toFile()).redirectErrorStream(true).start();
    try {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), output);
      assertEquals(0, process.exitValue(), output);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static boolean canMakeNamespaces() throws InterruptedException {
    try {
      return new ProcessBuilder("unshare", "-n", "ip", "link", "show").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
