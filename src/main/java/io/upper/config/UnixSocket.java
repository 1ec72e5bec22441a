package io.upper.config;

import io.upper.net.Addresses;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A Unix domain socket to listen on, in place of host and port.
 *
 * @param path its file
 * @param mode who may connect: those who may write to the file
 */
public record UnixSocket(Path path, Set<PosixFilePermission> mode) {
  // macOS has 103 (sys/un.h), of which the server needs 6 while it binds.
  private static final int MAX_BYTES = 97;
  private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");

  /** Reads {@code path} and {@code mode}; null without a path. */
  static UnixSocket read(Section section) {
    String path = section.optionalText("path");
    String mode = section.text("mode", MODE, "an octal mode such as \"0660\"");
    return path == null
        ? null
        : new UnixSocket(path(section, path), permissions(Integer.parseInt(mode, 8)));
  }

  private static Path path(Section section, String text) {
    String pointer = section.pointer() + "/path: ";
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      throw new ConfigurationException(
          pointer + bytes + " bytes are too many for a socket's path: at most " + MAX_BYTES);
    }
    try {
      if (!text.isBlank() && Path.of(text).getFileName() != null) {
        return Path.of(text);
      }
    } catch (InvalidPathException e) {
      // As a blank one.
    }
    throw new ConfigurationException(pointer + "\"" + text + "\" is no path of a file");
  }

  private static Set<PosixFilePermission> permissions(int mode) {
    // From OTHERS_EXECUTE, bit 0, back to OWNER_READ, bit 8.
    PosixFilePermission[] all = PosixFilePermission.values();
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int bit = 0; bit < all.length; bit++) {
      if ((mode >> bit & 1) != 0) {
        permissions.add(all[all.length - 1 - bit]);
      }
    }
    return permissions;
  }

  /** {@code unix:/run/upper.sock}. */
  @Override
  public String toString() {
    return Addresses.UNIX + path;
  }
}
