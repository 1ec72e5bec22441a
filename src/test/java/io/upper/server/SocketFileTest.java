package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Configuration;
import io.upper.config.UnixSocket;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Who gets the path of a Unix socket, and who may remove its file. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class SocketFileTest {
  @TempDir private Path directory;
  private final List<ServerSocketChannel> open = new ArrayList<>();

  /** A server that listens, and may have published its path. */
  private record Listening(SocketFile file, ServerSocketChannel channel) {}

  @AfterEach
  void close() throws IOException {
    for (ServerSocketChannel channel : open) {
      channel.close();
    }
  }

  private Path path() {
    return directory.resolve("u.sock");
  }

  private UnixSocket settings(String mode) {
    JsonObject tcp = new JsonObject().put("path", path().toString()).put("mode", mode);
    return Configuration.of(new JsonObject().put("tcp", tcp)).tcp().unix();
  }

  private Listening listen(String mode) throws IOException {
    SocketFile file = new SocketFile(settings(mode));
    return new Listening(file, listen(Path.of(file.bound().path())));
  }

  private synchronized ServerSocketChannel listen(Path at) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    open.add(channel);
    return channel.bind(UnixDomainSocketAddress.of(at));
  }

  private Listening publish(String mode) throws IOException {
    Listening listening = listen(mode);
    listening.file.publish();
    return listening;
  }

  private void assertServedBy(Listening server) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path()));
        SocketChannel accepted = server.channel.accept()) {
      assertTrue(accepted.isConnected());
    }
  }

  /** Without what was listened on at first, or put aside. */
  private void assertOnlyThePath() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(List.of(path()), files.toList());
    }
  }

  @Test
  void thePathHasItsModeFromTheBeginning() throws IOException {
    for (String mode : List.of("0660", "600", "0777")) {
      Listening server = listen(mode);
      assertTrue(Files.notExists(path()));
      server.file.publish();
      assertEquals(
          settings(mode).mode(),
          Files.getPosixFilePermissions(path()),
          () -> PosixFilePermissions.toString(settings(mode).mode()));
      assertServedBy(server);
      assertOnlyThePath();
      server.file.remove();
    }
    assertEquals("rw-rw----", PosixFilePermissions.toString(settings("0660").mode()));
    assertEquals("rwxr-x--x", PosixFilePermissions.toString(settings("0751").mode()));
  }

  @Test
  void theFileOfADeadServerIsReplaced() throws IOException {
    listen(path()).close(); // Java does not remove it, nor does a process that is killed.
    assertTrue(Files.exists(path()));
    assertServedBy(publish("0660"));
    assertOnlyThePath();
  }

  @Test
  void aLivingServerKeepsItsPath() throws IOException {
    Listening first = publish("0660");
    Listening second = listen("0660");
    assertEquals(
        "Address already in use",
        assertThrows(BindException.class, second.file::publish).getMessage());
    second.file.remove();
    first.channel.accept().close(); // Of the attempt to find out whether it lives.
    assertServedBy(first);
  }

  @Test
  void anotherFileStays() throws IOException {
    Files.writeString(path(), "text");
    String message =
        assertThrows(IOException.class, () -> listen("0660").file.publish()).getMessage();
    assertEquals("the file exists, and is no socket", message);
    assertEquals("text", Files.readString(path()));
  }

  @Test
  void theFileOfASuccessorStays() throws IOException {
    Listening first = publish("0660");
    Files.delete(path());
    Listening second = publish("0660");
    first.file.remove();
    first.channel.close();
    assertServedBy(second);
    second.file.remove();
    assertTrue(Files.notExists(path()));
    // Only once: by now the path may be that of a third one.
    Listening third = publish("0660");
    second.file.remove();
    assertServedBy(third);
  }

  @Test
  void ofServersThatStartAtOnceOneGetsThePath() throws Exception {
    int servers = 2;
    CyclicBarrier start = new CyclicBarrier(servers);
    ExecutorService threads = Executors.newFixedThreadPool(servers);
    try {
      for (int round = 0; round < 50; round++) {
        listen(path()).close();
        List<Listening> all = new ArrayList<>();
        List<Callable<Boolean>> starts = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
          Listening server = listen("0660");
          all.add(server);
          starts.add(() -> publishes(server, start));
        }
        List<Future<Boolean>> results = threads.invokeAll(starts);
        List<Listening> winners = new ArrayList<>();
        for (int i = 0; i < servers; i++) {
          if (results.get(i).get()) {
            winners.add(all.get(i));
          }
        }
        assertEquals(1, winners.size());
        for (Listening server : all) {
          server.channel.configureBlocking(false);
          while (server.channel.accept() != null) {
            // Attempts of the others.
          }
          server.channel.configureBlocking(true);
        }
        assertServedBy(winners.get(0));
        winners.get(0).file.remove();
        assertTrue(Files.notExists(path()));
        for (Listening server : all) {
          server.channel.close();
          Files.deleteIfExists(Path.of(server.file.bound().path()));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static boolean publishes(Listening server, CyclicBarrier start) throws Exception {
    start.await();
    try {
      server.file.publish();
      return true;
    } catch (BindException e) {
      return false;
    }
  }

  /** Its server may remove the file while another one looks at it: the path is free then. */
  @Test
  void aFileThatIsGoneIsNoFailure() {
    assertThrows(NoSuchFileException.class, () -> SocketFile.requireNoListener(path()));
  }
}
