package io.upper.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.StrangerJar;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What strangers register in their jars. */
class ProvidersTest {
  private static final String SOURCE =
      """
      package stranger;

      public interface Plant {
        String word();

        class Oak implements Plant {
          public String word() { return "oak"; }
        }

        class Elm implements Plant {
          public String word() { return "elm"; }
        }

        class OtherOak extends Oak {}

        class Shouting implements Plant {
          public String word() { return "OAK"; }
        }

        class Silent implements Plant {
          public String word() { throw new IllegalStateException("no word\\nof mine"); }
        }

        class Dead implements Plant {
          public Dead() { throw new IllegalStateException("not planted"); }
          public String word() { return "dead"; }
        }

        class Rooted implements Plant {
          Soil soil = new Soil();
          public String word() { return "rooted"; }
        }

        class Soil {}

        class Future extends Oak {}

        class Closed extends Oak {
          Closed() {}
        }

        class Stone {}
      }
      """;

  @TempDir private static Path directory;
  private static StrangerJar stranger;

  @BeforeAll
  static void compile() throws IOException {
    stranger = new StrangerJar(directory, "Plant", SOURCE);
    Files.delete(stranger.file("Plant$Soil.class"));
    Path future = stranger.file("Plant$Future.class");
    byte[] bytes = Files.readAllBytes(future);
    bytes[7] = (byte) 200; // https://docs.oracle.com/javase/specs/jvms/se17/html/jvms-4.html
    Files.write(future, bytes);
  }

  private static Path jar(String name, String... classes) throws IOException {
    List<String> lines =
        Stream.concat(
                Stream.of("# a comment", ""),
                Stream.of(classes).map(one -> "stranger.Plant$" + one + " # one"))
            .toList();
    return stranger.pack(directory.resolve(name), "stranger.Plant", lines);
  }

  private static List<String> words(Path... jars) throws Exception {
    URL[] urls = new URL[jars.length];
    for (int i = 0; i < jars.length; i++) {
      urls[i] = jars[i].toUri().toURL();
    }
    try (URLClassLoader loader = new URLClassLoader(urls)) {
      return words(loader.loadClass("stranger.Plant"));
    }
  }

  private static <P> List<String> words(Class<P> type) throws Exception {
    Method method = type.getMethod("word");
    Function<P, String> word =
        plant -> {
          try {
            return (String) method.invoke(plant);
          } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(e.getCause().getMessage());
          }
        };
    return Providers.load(type, word).stream().map(word).toList();
  }

  @Test
  void areFoundInTheOrderOfTheClassPathEachOnce() throws Exception {
    assertEquals(
        List.of("elm", "oak"), words(jar("elm.jar", "Elm"), jar("both.jar", "Oak", "Elm")));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Missing  | there is no such class
          Closed   | not a public class with a public constructor of no parameter
          Stone    | not a stranger.Plant
          Dead     | java.lang.IllegalStateException: not planted
          Rooted   | java.lang.NoClassDefFoundError: stranger/Plant$Soil
          Future   | java.lang.UnsupportedClassVersionError: stranger/Plant$Future has been compiled by a more recent version
          Silent   | java.lang.IllegalArgumentException: no word
          Shouting | its word OAK is not like event-loop
          OtherOak | its word oak is that of stranger.Plant$Oak in ${jar}
          """)
  void oneThatCannotBeUsedIsALine(String provider, String why) throws Exception {
    Path jar = jar(provider + ".jar", "Oak", provider);
    var failure = assertThrows(IllegalStateException.class, () -> words(jar));
    String expected =
        jar
            + ": stranger.Plant$"
            + provider
            + " cannot be used: "
            + why.replace("${jar}", "" + jar);
    assertEquals(
        expected,
        failure.getMessage().substring(0, expected.length()),
        "the whole: " + failure.getMessage());
    assertEquals(1, failure.getMessage().lines().count());
  }
}
