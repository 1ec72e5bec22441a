package io.upper.check.course;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.upper.config.ConfigurationException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassFileTest {
  @TempDir private Path directory;

  private List<Submission> read(String text) throws Exception {
    return ClassFile.read(Files.writeString(directory.resolve("class.txt"), text));
  }

  private String refused(String text) {
    String message = assertThrows(ConfigurationException.class, () -> read(text)).getMessage();
    return message.replace(directory + "/", "");
  }

  @Test
  void aLineIsASubmission() throws Exception {
    List<Submission> all =
        read(
            "\uFEFF# name\tdirectory\tcommand\r\n\r\n"
                + "Ana Núñez\tana\tpython3 server.py {port}\r\n"
                + "ben\t/srv/ben\tsh -c 'exec ./a  b' x\"y z\"{port} \"\"");
    assertEquals("Ana Núñez", all.get(0).name());
    assertEquals("Ana_Núñez", all.get(0).fileName());
    assertEquals(directory.resolve("ana"), all.get(0).directory());
    assertEquals(List.of("python3", "server.py", "{port}"), all.get(0).command());
    assertEquals(Path.of("/srv/ben"), all.get(1).directory());
    assertEquals(List.of("sh", "-c", "exec ./a  b", "xy z{port}", ""), all.get(1).command());
    assertEquals(2, all.size());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ana ana x {port}      | class.txt:1: not name, directory and command with a tab between \
          them, but ana ana x {port}
          #\\nana\\ta\\tx "{port} | class.txt:2: a quote is not closed in x "{port}
          a b\\ta\\tx\\na/b\\tb\\ty | class.txt:2: the name a/b has the same files as that of line 1
          ana\\ta\\tx\\nAna\\ta\\tx | class.txt:2: the name Ana has the same files as that of line 1
          index\\ta\\tx           | class.txt:1: the name "index" cannot be that of a file: use 1 to \
          80 characters, not index
          # nobody              | class.txt: there is no submission in it
          """)
  void aWrongLineIsNamed(String text, String message) {
    assertEquals(message, refused(text.replace("\\t", "\t").replace("\\n", "\n")));
  }

  @Test
  void anotherFileIsRefused() throws Exception {
    Path latin = directory.resolve("latin.txt");
    Files.write(latin, "Núñez\ta\tx".getBytes(StandardCharsets.ISO_8859_1));
    assertEquals(
        "--class: " + latin + " is not UTF-8",
        assertThrows(ConfigurationException.class, () -> ClassFile.read(latin)).getMessage());
    Path none = directory.resolve("none.txt");
    assertEquals(
        "--class: there is no file " + none,
        assertThrows(ConfigurationException.class, () -> ClassFile.read(none)).getMessage());
  }

  /** They concern one submission, not the class. */
  @Test
  void whatHindersASubmissionIsSaid() throws Exception {
    List<Submission> all = read("a\t.\tx {port}\nb\tnone\tx {port}\nc\t.\tx 2000");
    assertEquals(Optional.empty(), all.get(0).obstacle());
    assertEquals(
        Optional.of("there is no directory " + directory.resolve("none")), all.get(1).obstacle());
    assertEquals(
        Optional.of("{port} is missing in its command: it would take the same port as others do"),
        all.get(2).obstacle());
  }
}
