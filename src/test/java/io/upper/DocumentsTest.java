package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents point at is there, and those in two languages show the same code. */
class DocumentsTest {
  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]+)(#[^)]*)?\\)");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```\\w*\n.*?^```$");

  static Stream<Path> documents() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      List<Path> all =
          new ArrayList<>(docs.filter(path -> path.toString().endsWith(".md")).toList());
      all.add(Path.of("README.md"));
      all.add(Path.of("bench/README.md"));
      return all.stream().sorted();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsToAFile(Path document) throws IOException {
    Matcher links = LINK.matcher(FENCED.matcher(Files.readString(document)).replaceAll(""));
    while (links.find()) {
      Path target = document.resolveSibling(links.group(1)).normalize();
      assertTrue(Files.exists(target), document + ": " + links.group());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lessons", "wire"})
  void theSpanishPageShowsTheSameCode(String page) throws IOException {
    assertEquals(code("docs/" + page + ".md"), code("docs/" + page + ".es.md"));
  }

  private static List<String> code(String document) throws IOException {
    String text = Files.readString(Path.of(document));
    List<String> code = new ArrayList<>();
    Matcher fenced = FENCED.matcher(text);
    while (fenced.find()) {
      code.add(fenced.group());
    }
    assertTrue(code.size() > 3, document);
    return code;
  }

  /** The whole repository that Upper succeeds: a lesson, a model, or the reason for neither. */
  @Test
  void everyPythonFileHasItsRow() throws IOException {
    String models = Files.readString(Path.of("docs/models.md"));
    for (String file :
        """
        20-tigers SSL_client.py SSL_server.py TCP6_client.py TCP6_server.py TCP_asyncore.py
        TCP_twisted.py UDP6_client.py UDP6_server.py UDP_client_connect.py
        UDP_stress_client_thread.py go/TCP_client.go go/TCP_server.go mcast/UDP6_client.py
        mcast/UDP6_server.py mcast/UDP_client.py mcast/UDP_server.py run.sh rust/tcp_thread.rs
        tcp-stress.sh tcp_async_protocols.py tcp_async_streams.py tcp_client.py tcp_fork.py
        tcp_pool_executor.py tcp_prefork_pool.py tcp_prefork_pool_accept.py
        tcp_prefork_process_accept.py tcp_process.py tcp_select.py tcp_selectors.py tcp_server.py
        tcp_ss.py tcp_ss_fork.py tcp_ss_thread.py tcp_stress_client.py tcp_thread.py test/test.py
        udp-stress.sh udp_async.py udp_client.py udp_fork.py udp_prefork.py udp_process.py
        udp_server.py udp_ss.py udp_ss_fork.py udp_ss_thread.py udp_stress_client.py
        udp_threadpool.py utils.py web/client.py"""
            .split("\\s+")) {
      assertTrue(models.contains("`" + file + "`"), file);
    }
  }
}
