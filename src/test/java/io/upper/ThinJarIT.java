package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** What an embedder gets: the jar without its dependencies, and its pom. */
class ThinJarIT {
  private static File path;
  private static Set<String> entries;

  @BeforeAll
  static void open() throws IOException {
    try (JarFile program = new JarFile("target/upper.jar")) {
      String version = program.getManifest().getMainAttributes().getValue("Implementation-Version");
      path = new File("target/upper-" + version + ".jar");
    }
    try (JarFile jar = new JarFile(path)) {
      entries = jar.stream().map(entry -> entry.getName()).collect(Collectors.toSet());
    }
  }

  @Test
  void leavesLoggingAndConfigurationFilesToTheEmbedder() {
    Set<String> outside = new TreeSet<>(entries);
    outside.removeIf(name -> name.startsWith("io/") || name.startsWith("META-INF/"));
    assertEquals(Set.of(), outside);
    assertFalse(entries.contains("META-INF/services/ch.qos.logback.classic.spi.Configurator"));
    assertTrue(entries.contains("io/upper/config/default.json"));
    assertTrue(entries.contains("io/upper/config/production.json"));
  }

  @Test
  void hasItsLicence() {
    assertTrue(entries.containsAll(List.of("META-INF/LICENSE", "META-INF/NOTICE")));
  }

  /** Else an embedder would get the Netty that vertx-core names, beside natives of another. */
  @Test
  void bringsEveryPartOfNettyInOneVersion() throws Exception {
    Set<String> versions = new TreeSet<>();
    NodeList dependencies = pom().getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      String name = text(dependency, "artifactId");
      if (text(dependency, "groupId").equals("io.netty") && !name.contains("tcnative")) {
        versions.add(text(dependency, "version"));
      }
    }
    assertEquals(1, versions.size(), versions::toString);
    assertNull(text(pom(), "dependencyManagement"));
  }

  @Test
  void bringsOnlyWhatEveryEmbedderNeeds() throws Exception {
    Set<String> brought = new TreeSet<>();
    NodeList dependencies = pom().getElementsByTagName("dependency");
    for (int i = 0; i < dependencies.getLength(); i++) {
      Element dependency = (Element) dependencies.item(i);
      if (text(dependency, "optional") == null) {
        brought.add(text(dependency, "groupId"));
      }
    }
    assertEquals(
        Set.of("com.fasterxml.jackson.core", "io.netty", "io.vertx", "org.slf4j"), brought);
  }

  @Test
  void hasTheVersionOfTheProgram() throws Exception {
    Properties properties = new Properties();
    try (JarFile jar = new JarFile(path)) {
      properties.load(
          jar.getInputStream(jar.getEntry("META-INF/maven/io.upper/upper/pom.properties")));
    }
    String version = properties.getProperty("version");
    assertEquals("upper-" + version + ".jar", path.getName());
    assertEquals(version, text(pom(), "version"));
  }

  private static Element pom() throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Files.newInputStream(Path.of("target/upper.pom")))
        .getDocumentElement();
  }

  /** The text of the first such element; null if there is none. */
  private static String text(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return found.getLength() == 0 ? null : found.item(0).getTextContent();
  }
}
