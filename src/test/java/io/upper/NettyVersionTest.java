package io.upper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Native libraries of one Netty version beside classes of another die on the first bind error. */
class NettyVersionTest {

  @Test
  void everyJarOfNettyHasTheSameVersion() throws IOException {
    List<URL> resources =
        Collections.list(
            getClass().getClassLoader().getResources("META-INF/io.netty.versions.properties"));
    Map<String, String> versions = new TreeMap<>();
    for (URL resource : resources) {
      try (InputStream in = resource.openStream()) {
        Properties properties = new Properties();
        properties.load(in);
        properties.forEach(
            (key, value) -> {
              if (key.toString().endsWith(".version")) {
                versions.put(resource + " " + key, value.toString());
              }
            });
      }
    }
    assertTrue(versions.size() > 15, "too few jars: " + versions.keySet());
    assertEquals(1, new TreeSet<>(versions.values()).size(), versions::toString);
  }
}
