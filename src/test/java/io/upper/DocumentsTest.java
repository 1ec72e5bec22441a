package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every file, heading and class that the documents name exists, and pages in two languages show the
 * same code.
 */
class DocumentsTest {
  private static final Path README = Path.of("README.md");
  private static final int MAX_README_LINES = 150;

  private static final Pattern LINK = Pattern.compile("]\\(([^)#:]*)(?:#([^)]*))?\\)");
  private static final Pattern FENCED = Pattern.compile("(?ms)^```\\w*\n.*?^```$");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");
  private static final Pattern NOT_IN_ANCHOR = Pattern.compile("[^\\p{L}\\p{N}_ -]");
  private static final Pattern CLASS_LINK = Pattern.compile("\\[(\\w+)]\\([^)]*/(\\w+)\\.java\\)");
  private static final Pattern SOURCE = Pattern.compile("(?<![\\w/])src/[\\w./-]+\\w");
  private static final Pattern TEST = Pattern.compile("-Dtest='?(\\w+)");
  private static final Pattern CLASS_NAME =
      Pattern.compile("\\bio\\.upper(?:\\.[a-z]+)*\\.[A-Z]\\w+");

  static Stream<Path> documents() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> top = Files.list(Path.of(""))) {
      all.addAll(top.filter(DocumentsTest::isDocument).toList());
    }
    for (String directory : List.of("docs", "bench", "examples")) {
      try (Stream<Path> files = Files.walk(Path.of(directory))) {
        all.addAll(files.filter(DocumentsTest::isDocument).toList());
      }
    }
    return all.stream().sorted();
  }

  private static boolean isDocument(Path path) {
    return path.toString().endsWith(".md") && !path.toString().contains("target");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkLeadsToAFileAndAHeading(Path document) throws IOException {
    Matcher links = LINK.matcher(withoutCode(document));
    while (links.find()) {
      Path target =
          links.group(1).isEmpty() ? document : document.resolveSibling(links.group(1)).normalize();
      assertTrue(Files.exists(target), document + ": " + links.group());
      if (links.group(2) != null) {
        assertTrue(anchors(target).contains(links.group(2)), document + ": " + links.group());
      }
    }
  }

  /** Anchors as GitHub derives them from headings. */
  private static Set<String> anchors(Path document) throws IOException {
    return HEADING
        .matcher(withoutCode(document))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> NOT_IN_ANCHOR.matcher(heading).replaceAll("").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  private static String withoutCode(Path document) throws IOException {
    return FENCED.matcher(Files.readString(document)).replaceAll("");
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyLinkToAClassBearsItsName(Path document) throws IOException {
    Matcher links = CLASS_LINK.matcher(Files.readString(document));
    while (links.find()) {
      assertEquals(links.group(2), links.group(1), document + ": " + links.group());
    }
  }

  /** In the text and in commands. */
  @ParameterizedTest
  @MethodSource("documents")
  void everySourceFileAndClassThatIsNamedExists(Path document) throws IOException {
    String text = Files.readString(document);
    for (MatchResult source : SOURCE.matcher(text).results().toList()) {
      // Of an example or of the project.
      Path besides = document.resolveSibling(source.group());
      assertTrue(
          Files.exists(besides) || Files.exists(Path.of(source.group())),
          document + ": " + source.group());
    }
    for (MatchResult name : CLASS_NAME.matcher(text).results().toList()) {
      Path file = Path.of("src/main/java", name.group().replace('.', '/') + ".java");
      assertTrue(Files.exists(file), document + ": " + name.group());
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyTestThatIsNamedExists(Path document) throws IOException {
    for (MatchResult test : TEST.matcher(Files.readString(document)).results().toList()) {
      try (Stream<Path> sources = Files.walk(Path.of("src/test/java"))) {
        assertTrue(
            sources.anyMatch(source -> source.endsWith(test.group(1) + ".java")),
            document + ": " + test.group());
      }
    }
  }

  @Test
  void theReadmeIsShortAndLinksToEveryPage() throws IOException {
    String readme = Files.readString(README);
    assertTrue(readme.lines().count() <= MAX_README_LINES, "lines: " + readme.lines().count());
    for (Path document : documents().filter(path -> !path.equals(README)).toList()) {
      String folder = document.getParent() + ")";
      assertTrue(
          readme.contains("](" + document + ")") || readme.contains("](" + folder),
          document.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"lessons", "teaching", "wire"})
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
