package io.upper.server;

import io.upper.config.UnixSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a Unix domain socket. The server listens on another name first, and takes the path
 * only when the socket accepts connections and has its mode:
 *
 * <pre>
 *   listen on path.k3f9x --> set the mode --> link as path, unless it exists --> remove path.k3f9x
 *                                                  ^      |
 *                                                  +------+ exists, but nobody listens: remove it
 * </pre>
 *
 * <p>So nobody who knows only the path connects before the mode is set (the first name has that of
 * the umask; a private directory would hide it, and from {@code ss} the path), two servers that
 * start at once cannot both have the path, and Netty, which removes the name that it has bound when
 * it closes the socket, does not remove the file of a successor. All methods block.
 */
final class SocketFile {
  private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

  private static final String IN_USE = "Address already in use";
  private static final int ATTEMPTS = 10;
  private static final int RADIX = 36;
  private static final int LEAST_SUFFIX = RADIX * RADIX * RADIX * RADIX;

  // Linux, sys/stat.h: the type of a file.
  private static final int TYPE = 0170000;
  private static final int SOCKET = 0140000;

  private final UnixSocket socket;
  private final Path path;
  private final Path bound;
  private final AtomicBoolean removed = new AtomicBoolean();
  // Null until the path is taken.
  private volatile Object key;

  SocketFile(UnixSocket socket) {
    int suffix = ThreadLocalRandom.current().nextInt(LEAST_SUFFIX, LEAST_SUFFIX * RADIX);
    this.socket = socket;
    this.path = socket.path();
    this.bound = path.resolveSibling(path.getFileName() + "." + Integer.toString(suffix, RADIX));
  }

  /** The name to listen on. */
  SocketAddress bound() {
    return SocketAddress.domainSocketAddress(bound.toString());
  }

  /**
   * Takes the path, once the server listens on {@link #bound}.
   *
   * @throws IOException if another server listens on it, or another file has it
   */
  Void publish() throws IOException {
    Files.setPosixFilePermissions(bound, socket.mode());
    Object own = key(bound);
    SocketException failure = new BindException(IN_USE);
    for (int i = 0; i < ATTEMPTS; i++) {
      if (take()) {
        key = own;
        return null;
      }
      try {
        removeStale();
      } catch (BindException e) {
        throw e;
      } catch (SocketException e) {
        failure = e; // The file was removed while we looked, and may be another one by now.
      }
    }
    throw failure;
  }

  private boolean take() throws IOException {
    try {
      Files.createLink(path, bound);
      Files.delete(bound);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    } catch (FileSystemException e) {
      return move(); // The file system has no links.
    }
  }

  private boolean move() throws IOException {
    try {
      Files.move(bound, path);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Removes the file of a server that has ended; one that listens stays. */
  private void removeStale() throws IOException {
    try {
      if (!isSocket(path)) {
        throw new BindException("the file exists, and is no socket");
      }
      requireNoListener(path);
      Path aside = bound.resolveSibling(bound.getFileName() + "~");
      Files.move(path, aside, StandardCopyOption.ATOMIC_MOVE);
      try {
        requireNoListener(aside);
        LOG.info("{} is left from a server that has ended, and is replaced", socket);
      } catch (IOException e) {
        Files.createLink(path, aside); // Another server has taken the path meanwhile.
        throw e;
      } finally {
        Files.delete(aside);
      }
    } catch (NoSuchFileException e) {
      // Its server has removed it.
    }
  }

  private static boolean isSocket(Path file) throws IOException {
    int mode = (Integer) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
    return (mode & TYPE) == SOCKET;
  }

  /**
   * @throws NoSuchFileException if there is no file
   */
  static void requireNoListener(Path file) throws IOException {
    try (SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      client.configureBlocking(false); // A full backlog is a listener, too.
      client.connect(UnixDomainSocketAddress.of(file));
    } catch (ConnectException e) {
      return; // Refused: nobody listens.
    } catch (SocketException e) {
      if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new NoSuchFileException(file.toString()); // Removed a moment ago.
      }
      throw e;
    }
    throw new BindException(IN_USE);
  }

  /**
   * Removes the file, once, unless it is another server's by now. To be called before the socket is
   * closed: only till then no other file has its number.
   */
  Void remove() {
    if (key != null && !removed.getAndSet(true)) {
      removeUnlessReplaced();
    }
    return null;
  }

  private void removeUnlessReplaced() {
    try {
      if (key.equals(key(path))) {
        Files.delete(path);
      } else {
        LOG.warn("{} is another server's by now, and stays", socket);
      }
    } catch (NoSuchFileException e) {
      // Somebody else has removed it.
    } catch (IOException e) {
      LOG.warn("{} cannot be removed: {}", socket, e.toString());
    }
  }

  private static Object key(Path file) throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }
}
