package io.upper.check.course;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A program to be graded.
 *
 * @param name of who submits it, unique in the class
 * @param directory in which the command runs
 * @param command in which {@code {port}} stands for the port
 */
public record Submission(String name, Path directory, List<String> command) {

  /** The name, as far as it fits into a file name. */
  String fileName() {
    return name.replaceAll("[^\\p{L}\\p{M}\\p{N}._-]", "_").replaceFirst("^\\.", "_");
  }

  /** Why it cannot be graded; empty if it can be tried. */
  Optional<String> obstacle() {
    if (!Files.isDirectory(directory)) {
      return Optional.of("there is no directory " + directory);
    }
    return command.stream().anyMatch(word -> word.contains("{port}"))
        ? Optional.empty()
        : Optional.of("{port} is missing in its command: it would take the same port as others do");
  }
}
