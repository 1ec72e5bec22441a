package io.upper.check;

import static io.upper.check.WrongServer.joined;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.check.WrongServer.Connection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;

/** For each case a server that fails it. */
final class WrongServers {
  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  private static final String WRONG_BYTE = "Byte # of the reply is not the expected one.";
  private static final String EXTRA = "1 byte came that nobody asked for.";
  private static final String ENDED =
      "The server ended the connection after # of # expected bytes.";
  private static final String SILENT = "# of # expected bytes came, then nothing for # s.";
  private static final String REFUSED = "No connection: Connection refused.";
  // It depends on the moment.
  private static final String GONE =
      REFUSED
          + "|The connection was reset after 0 of # expected bytes."
          + "|The server ended the connection after 0 of # expected bytes.";

  private WrongServers() {}

  private static Wrong wrong(String id, String reason, Consumer<WrongServer> fault) {
    return Wrong.of("tcp/" + id, reason, fault);
  }

  /** A right server that ends while it is graded. */
  private static Wrong dies(String id, int clients) {
    return wrong(id, REFUSED, server -> {}).dies(clients);
  }

  /** It maps otherwise. */
  private static Wrong maps(String id, UnaryOperator<String> mapping) {
    return wrong(id, WRONG_BYTE, server -> server.upper = mapping);
  }

  /** It keeps less than the beginning of a character for the next read. */
  private static Wrong keeps(String id, ToIntFunction<byte[]> kept) {
    return wrong(
        id,
        WRONG_BYTE,
        server ->
            server.unfinished =
                text ->
                    kept.applyAsInt(text) < WrongServer.beginning(text)
                        ? 0
                        : WrongServer.beginning(text));
  }

  /** It has so many places: a client that finds none for a second is sent away. */
  private static Wrong places(String id, int count) {
    return wrong(
        id,
        ENDED,
        server -> {
          Semaphore places = new Semaphore(count);
          server.serve =
              connection -> {
                if (!places.tryAcquire(1, TimeUnit.SECONDS)) {
                  connection.read(KIB);
                  return;
                }
                try {
                  server.converse(connection);
                } finally {
                  places.release();
                }
              };
        });
  }

  /** The reply to such a read is made by a thread that takes its time, and the end overtakes it. */
  static Consumer<WrongServer> overtaken(Predicate<Connection> late) {
    return server ->
        server.reply =
            (connection, reply) -> {
              if (late.test(connection)) {
                connection.timeout(40);
                byte[] next;
                try {
                  next = connection.read(KIB);
                  connection.timeout(0);
                } catch (SocketTimeoutException e) {
                  connection.timeout(0);
                  connection.write(reply);
                  return;
                }
                if (next == null) {
                  throw new IOException("the end");
                }
                connection.write(joined(reply, server.map.of(connection, next)));
                return;
              }
              connection.write(reply);
            };
  }

  /** It ends with an exception of a lost connection that nothing catches. */
  private static Wrong fragile(
      String id, Predicate<Connection> survives, Consumer<WrongServer> more) {
    return wrong(
        id,
        GONE,
        server -> {
          more.accept(server);
          server.lost =
              connection -> {
                if (!survives.test(connection)) {
                  server.close();
                }
              };
        });
  }

  /** From a total of bytes of a connection on it forgets to map. */
  private static Wrong mapsOnly(String id, int bytes) {
    return wrong(
        id,
        "Byte " + (bytes + 1) + " of the reply is not the expected one.",
        server ->
            server.reply =
                (connection, reply) -> {
                  int left = (int) Math.max(0, bytes - (connection.bytes - reply.length));
                  for (int i = left; i < reply.length; i++) {
                    reply[i] = '.';
                  }
                  connection.write(reply);
                });
  }

  /** All of them, in the order of the cases. */
  static List<Wrong> all() {
    return List.of(
        dies("serves/at-start", 0),
        // Only the first word is mapped.
        maps("basic/one-message", WrongServers::firstWord)
            .beside(
                "basic/ascii",
                "text/latin-greek-cyrillic",
                "text/sharp-s",
                "text/dotted-i",
                "text/longer",
                "text/shorter",
                "text/final-sigma",
                "text/combining",
                "text/beyond-bmp",
                "text/uncased",
                "text/controls",
                "text/invalid-bytes")
            .hangs(),
        // It waits for two bytes at least.
        wrong(
                "basic/one-letter",
                "0 of 1 expected byte came, then nothing for # s.",
                server ->
                    server.read =
                        connection -> {
                          byte[] first = connection.read(64 * KIB);
                          byte[] second =
                              first == null || first.length > 1 ? null : connection.read(64 * KIB);
                          return second == null ? first : joined(first, second);
                        })
            .perhaps("stream/byte-by-byte")
            .hangs(),
        // One message per connection.
        wrong(
                "basic/two-messages",
                ENDED + "|The connection was reset after # of # expected bytes.",
                server ->
                    server.serve =
                        connection -> {
                          byte[] read = connection.read(KIB);
                          if (read != null) {
                            connection.write(server.map.of(connection, read));
                          }
                        })
            .beside(
                "basic/order",
                "stream/byte-by-byte",
                "stream/pause",
                "stream/64-kib",
                "stream/8-mib",
                "stream/late-reader",
                "end/fin-in-flight",
                "end/bulk-and-fin",
                "text/cut-*",
                "text/utf-8-byte-by-byte",
                "text/invalid-bytes",
                "many/cross-talk",
                "many/cut-characters-apart",
                "many/beside-bulk",
                "pressure/reads-on"),
        // A read of no bytes is a message, too.
        wrong(
            "basic/empty",
            EXTRA,
            server ->
                server.end =
                    connection -> connection.write(new byte[connection.bytes == 0 ? 1 : 0])),
        // A zero byte ends each reply, as it ends a string.
        wrong(
                "basic/nothing-unasked",
                EXTRA,
                server ->
                    server.reply =
                        (connection, reply) -> connection.write(joined(reply, new byte[1])))
            .beside(
                "basic/empty",
                "basic/order",
                "basic/two-messages",
                "stream/byte-by-byte",
                "stream/pause",
                "stream/8-mib",
                "stream/late-reader",
                "end/server-ends-too",
                "end/fin-in-flight",
                "text/cut-2",
                "text/cut-3",
                "text/cut-4",
                "text/utf-8-byte-by-byte",
                "text/dotted-i",
                "text/shorter",
                "text/invalid-bytes",
                "many/cross-talk",
                "many/cut-characters-apart",
                "many/beside-bulk",
                "pressure/reads-on")
            .perhaps("stream/64-kib", "stream/reply-while-sending", "end/bulk-and-fin")
            .hangs(),
        // The range ends one too late.
        maps("basic/ascii", text -> text.toUpperCase(Locale.ROOT).replace('{', '[')),
        // Longer messages are refused.
        wrong(
                "basic/hundred-letters",
                "The server ended the connection after 0 of 100 expected bytes.",
                server ->
                    server.read =
                        connection -> {
                          byte[] read = connection.read(64 * KIB);
                          return read == null || read.length <= 96 ? read : null;
                        })
            .beside(
                "stream/64-kib",
                "stream/8-mib",
                "stream/late-reader",
                "end/bulk-and-fin",
                "text/cut-by-buffer",
                "many/beside-bulk",
                "pressure/reads-on"),
        // The first reply takes longer than the second.
        wrong("basic/order", WRONG_BYTE, WrongServers::slowFirst).only("serves/at-start", "basic"),
        dies("basic/next-client", 1).beside("serves/after-basic"),
        dies("serves/after-basic", 0),
        // After the first read a single byte is taken for a sign of life.
        wrong(
                "stream/byte-by-byte",
                WRONG_BYTE,
                server ->
                    server.reply =
                        (connection, reply) ->
                            connection.write(
                                connection.reads > 1 && reply.length == 1
                                    ? new byte[] {'.'}
                                    : reply))
            .perhaps("stream/reply-while-sending"),
        // Of each read the first line is mapped.
        maps("stream/coalesced", WrongServers::firstLine)
            .beside(
                "stream/64-kib",
                "stream/8-mib",
                "stream/late-reader",
                "end/bulk-and-fin",
                "text/crlf",
                "many/beside-bulk",
                "pressure/reads-on"),
        // A read timeout.
        wrong("stream/pause", ENDED, server -> server.serve = WrongServers.timed(server)),
        mapsOnly("stream/64-kib", 32 * KIB)
            .beside(
                "stream/8-mib",
                "stream/late-reader",
                "end/bulk-and-fin",
                "many/beside-bulk",
                "pressure/reads-on"),
        mapsOnly("stream/8-mib", 7 * MIB)
            .beside("stream/late-reader", "many/beside-bulk", "pressure/reads-on"),
        // It reads until nothing more comes for a while.
        wrong(
                "stream/reply-while-sending",
                "No reply came while the client was sending, for # s.",
                server -> server.read = WrongServers::readUntilQuiet)
            .only("serves", "basic", "stream/r"),
        // A partly done write is not finished.
        wrong(
                "stream/late-reader",
                SILENT + "|" + WRONG_BYTE, // Later bytes may take the place of the lost ones.
                server -> server.reply = WrongServers::writeOnce)
            .hangs()
            .beside("pressure/reads-on")
            .perhaps("stream/8-mib", "many/beside-bulk"),
        dies("serves/after-stream", 0),
        wrong(
                "end/reply-after-fin",
                "The server ended the connection after 0 of # expected bytes.",
                overtaken(connection -> connection.reads == 1))
            .beside("text/half-a-character-at-the-end", "end/bulk-and-fin"),
        // It does not close.
        wrong(
                "end/server-ends-too",
                "The server did not end the connection in # s after the client's end.",
                server -> server.end = connection -> WrongServer.sleep(60_000))
            .hangs()
            .beside("basic/empty", "text/half-a-character-at-the-end"),
        wrong(
            "end/fin-in-flight",
            ENDED,
            overtaken(connection -> connection.reads >= 2 && connection.bytes < KIB)),
        // The end overtakes what is written slowly.
        wrong(
            "end/bulk-and-fin",
            ENDED,
            overtaken(connection -> connection.bytes > 32 * KIB && connection.bytes < 128 * KIB)),
        dies("serves/after-end", 0),
        // Each read is decoded alone.
        keeps("text/cut-2", text -> 0)
            .beside(
                "text/cut-3", "text/cut-4", "text/utf-8-byte-by-byte", "many/cut-characters-apart")
            .perhaps("text/cut-by-buffer"),
        keeps("text/cut-3", text -> Math.min(1, WrongServer.beginning(text)))
            .beside("text/cut-4", "text/utf-8-byte-by-byte"),
        keeps("text/cut-4", text -> Math.min(2, WrongServer.beginning(text)))
            .beside("text/utf-8-byte-by-byte"),
        // A full buffer is decoded as it is.
        wrong(
            "text/cut-by-buffer",
            WRONG_BYTE,
            server -> {
              server.read = connection -> connection.read(KIB);
              server.unfinished = text -> text.length >= KIB ? 0 : WrongServer.beginning(text);
            }),
        // What is kept is kept for one read.
        wrong(
            "text/utf-8-byte-by-byte",
            WRONG_BYTE,
            server ->
                server.unfinished =
                    text ->
                        WrongServer.beginning(text) == 2 && text.length == 2
                            ? 0
                            : WrongServer.beginning(text)),
        maps("text/latin-greek-cyrillic", text -> text.toUpperCase(Locale.ROOT).replace('Ę', 'ę')),
        maps(
            "text/sharp-s",
            text ->
                text.replaceFirst("ß", "SS")
                    .replace("ß", "\ue000")
                    .toUpperCase(Locale.ROOT)
                    .replace("\ue000", "ß")),
        maps("text/dotted-i", text -> text.toUpperCase(Locale.ROOT).replace('İ', 'I')),
        // The reply is made in the buffer of the message.
        wrong(
            "text/longer",
            ENDED,
            server ->
                server.upper =
                    text -> {
                      String upper = text.toUpperCase(Locale.ROOT);
                      if (upper.getBytes(UTF_8).length > text.getBytes(UTF_8).length) {
                        throw new IndexOutOfBoundsException();
                      }
                      return upper;
                    }),
        // The reply is as long as the message.
        wrong(
                "text/shorter",
                "# bytes came that nobody asked for.",
                server ->
                    server.upper =
                        text -> {
                          String upper = text.toUpperCase(Locale.ROOT);
                          int less = text.getBytes(UTF_8).length - upper.getBytes(UTF_8).length;
                          return upper + "\u0000".repeat(Math.max(0, less));
                        })
            .beside("text/dotted-i"),
        maps(
            "text/final-sigma",
            text -> text.replace('ς', '\ue000').toUpperCase(Locale.ROOT).replace('\ue000', 'ς')),
        maps(
            "text/combining",
            text -> Normalizer.normalize(text, Normalizer.Form.NFC).toUpperCase(Locale.ROOT)),
        // Each char is mapped alone.
        maps("text/beyond-bmp", WrongServers::charByChar)
            .beside("text/cut-4", "text/utf-8-byte-by-byte"),
        maps("text/uncased", text -> text.toUpperCase(Locale.ROOT).replaceAll("\\p{So}", "?")),
        maps(
            "text/byte-order-mark",
            text -> text.toUpperCase(Locale.ROOT).replaceFirst("^\ufeff", "")),
        maps(
            "text/controls",
            text -> text.toUpperCase(Locale.ROOT).replaceAll("[\u0000-\u0008\u007f]", "")),
        maps("text/crlf", text -> text.toUpperCase(Locale.ROOT).replace("\r\n", "\n")),
        // The decoder throws.
        wrong("text/invalid-bytes", ENDED, server -> server.map = strict(server.map)),
        // A message that is not complete is held, and then forgotten.
        wrong(
                "text/half-a-character-at-the-end",
                "The server ended the connection after 0 of # expected bytes.",
                server -> {
                  server.unfinished = text -> WrongServer.beginning(text) > 0 ? text.length : 0;
                  server.end = connection -> {};
                })
            .hangs()
            .perhaps("text/cut-by-buffer"),
        dies("serves/after-text", 0),
        places("many/ten-at-once", 8).beside("many/200-idle").perhaps("many/burst-of-100"),
        // The next client gets a copy.
        wrong("many/cross-talk", WRONG_BYTE, WrongServers::copies)
            .hangs()
            .perhaps(
                "many/ten-at-once",
                "many/burst-of-100",
                "many/cut-characters-apart",
                "many/stalled-client",
                "many/beside-bulk",
                "pressure/never-reads"),
        // All connections share one decoder.
        wrong("many/cut-characters-apart", WRONG_BYTE, WrongServers::sharedDecoder)
            .beside("many/stalled-client"),
        // It serves one client until its character is complete.
        wrong("many/stalled-client", SILENT, WrongServers::waitsForRest)
            .hangs()
            .perhaps("many/cut-characters-apart"),
        places("many/200-idle", 150),
        wrong("many/burst-of-100", GONE, server -> {})
            .dies(60)
            .beside("many/100-in-turn", "many/beside-bulk", "serves/after-many"),
        dies("many/100-in-turn", 50).beside("many/beside-bulk", "serves/after-many"),
        // It turns to nobody else once a client sends much.
        wrong("many/beside-bulk", SILENT, WrongServers::greedy)
            .hangs()
            .beside("pressure/never-reads"),
        dies("serves/after-many", 0),
        fragile("end/unread-replies", connection -> connection.reads == 0, server -> {})
            .beside(
                "end/reset-in-flight",
                "end/reset-at-once",
                "end/twenty-resets",
                "serves/after-resets"),
        fragile("end/reset-in-flight", connection -> !connection.writing, WrongServers::job)
            .beside("end/reset-at-once", "end/twenty-resets", "serves/after-resets"),
        fragile("end/reset-at-once", connection -> connection.reads > 0, server -> {})
            .beside("end/twenty-resets", "serves/after-resets"),
        fragile("end/twenty-resets", 10).beside("serves/after-resets"),
        dies("serves/after-resets", 0),
        // A lock is held while a reply is written.
        wrong("pressure/never-reads", SILENT, WrongServers::writesInTurn).hangs(),
        // Replies wait in a queue.
        wrong(
            "pressure/back-pressure",
            "The server took # bytes, and nobody read its replies.",
            server -> queued(server, 64 * MIB)),
        // A write that takes too long is given up.
        wrong("pressure/reads-on", WRONG_BYTE, server -> server.reply = WrongServers::givesUp),
        wrong(
            "pressure/memory",
            "The server's memory grew by # MiB for 8 clients.",
            server -> {
              AtomicLong held = queued(server, 12 * MIB);
              // Text of two bytes a character.
              server.memory = () -> OptionalLong.of(2 * held.get());
            }),
        dies("serves/after-pressure", 0),
        dies("serves/after-life", 0),
        places("abuse/1000-idle", 500),
        fragile("abuse/1000-resets", 500).beside("abuse/noise", "serves/after-abuse"),
        // It ends after too much of what is not text.
        wrong("abuse/noise", GONE, WrongServers::endsByNoise).beside("serves/after-abuse"),
        dies("serves/after-abuse", 0));
  }

  private static String firstWord(String text) {
    int space = (text + " ").indexOf(' ');
    return text.substring(0, space).toUpperCase(Locale.ROOT) + text.substring(space);
  }

  private static String firstLine(String text) {
    int end = text.indexOf('\n') + 1;
    return end == 0
        ? text.toUpperCase(Locale.ROOT)
        : text.substring(0, end).toUpperCase(Locale.ROOT) + text.substring(end);
  }

  private static String charByChar(String text) {
    StringBuilder upper = new StringBuilder();
    for (char each : text.toCharArray()) {
      upper.append(
          Character.isSurrogate(each) ? each : String.valueOf(each).toUpperCase(Locale.ROOT));
    }
    return upper.toString();
  }

  private static void slowFirst(WrongServer server) {
    server.reply =
        (connection, reply) -> {
          if (connection.reads != 1) {
            connection.write(reply);
            return;
          }
          connection.timeout(400);
          try {
            byte[] second = connection.read(64 * KIB);
            if (second != null) {
              connection.write(server.map.of(connection, second));
            }
          } catch (SocketTimeoutException e) {
            // Nothing came that could overtake it.
          }
          connection.timeout(0);
          connection.write(reply);
        };
  }

  private static WrongServer.Step timed(WrongServer server) {
    return connection -> {
      connection.timeout(1200);
      server.converse(connection);
    };
  }

  private static byte[] readUntilQuiet(Connection connection) throws IOException {
    byte[] all = connection.read(64 * KIB);
    connection.timeout(300);
    try {
      while (all != null && all.length < MIB) {
        byte[] more = connection.read(64 * KIB);
        if (more == null) {
          break;
        }
        all = joined(all, more);
      }
    } catch (SocketTimeoutException e) {
      // Now it is quiet.
    }
    connection.timeout(0);
    return all;
  }

  private static void writeOnce(Connection connection, byte[] reply) throws IOException {
    connection.channel.configureBlocking(false);
    connection.channel.write(ByteBuffer.wrap(reply));
    connection.channel.configureBlocking(true);
  }

  private static void givesUp(Connection connection, byte[] reply) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(reply);
    connection.channel.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      connection.channel.register(selector, SelectionKey.OP_WRITE);
      do {
        connection.channel.write(left);
      } while (left.hasRemaining()
          && selector.select(650) > 0
          && selector.selectedKeys().removeIf(key -> true));
    }
    connection.channel.configureBlocking(true);
  }

  private static WrongServer.Map strict(WrongServer.Map right) {
    return (connection, read) -> {
      byte[] text = joined(connection.kept, read);
      UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text, 0, text.length - WrongServer.beginning(text)));
      return right.of(connection, read);
    };
  }

  private static void copies(WrongServer server) {
    Map<Integer, Connection> all = new ConcurrentHashMap<>();
    server.serve =
        connection -> {
          all.put(connection.number, connection);
          server.converse(connection);
        };
    server.reply =
        (connection, reply) -> {
          Connection next = all.get(connection.number + 1);
          if (next != null && next.channel.isOpen()) {
            try {
              next.write(reply);
            } catch (IOException e) {
              all.remove(next.number);
            }
          }
          connection.write(reply);
        };
  }

  private static void sharedDecoder(WrongServer server) {
    WrongServer.Map right = server.map;
    byte[][] kept = {{}};
    server.map =
        (connection, read) -> {
          synchronized (kept) {
            connection.kept = kept[0];
            byte[] reply = right.of(connection, read);
            kept[0] = connection.kept;
            return reply;
          }
        };
  }

  private static void waitsForRest(WrongServer server) {
    ReentrantLock serving = new ReentrantLock();
    WrongServer.Map right = server.map;
    server.map =
        (connection, read) -> {
          if (!serving.isHeldByCurrentThread()) {
            serving.lock();
          }
          byte[] reply = right.of(connection, read);
          if (connection.kept.length == 0) {
            serving.unlock();
          }
          return reply;
        };
    finishing(server, serving);
  }

  private static void greedy(WrongServer server) {
    ReentrantLock serving = new ReentrantLock();
    server.reply =
        (connection, reply) -> {
          if (!serving.isHeldByCurrentThread()) {
            serving.lock();
          }
          connection.write(reply);
          if (connection.bytes < 2 * MIB) {
            serving.unlock();
          }
        };
    finishing(server, serving);
  }

  private static void finishing(WrongServer server, ReentrantLock serving) {
    server.serve =
        connection -> {
          try {
            server.converse(connection);
          } finally {
            if (serving.isHeldByCurrentThread()) {
              serving.unlock();
            }
          }
        };
  }

  private static Wrong fragile(String id, int lostClients) {
    return wrong(
        id,
        GONE,
        server -> {
          AtomicInteger lost = new AtomicInteger();
          server.lost =
              connection -> {
                if (lost.incrementAndGet() > lostClients) {
                  server.close();
                }
              };
        });
  }

  private static void job(WrongServer server) {
    server.reply =
        (connection, reply) -> {
          WrongServer.sleep(40);
          connection.writing = true;
          connection.write(reply);
          connection.writing = false;
        };
  }

  private static void writesInTurn(WrongServer server) {
    ReentrantLock writing = new ReentrantLock();
    server.reply =
        (connection, reply) -> {
          writing.lock();
          try {
            connection.write(reply);
          } finally {
            writing.unlock();
          }
        };
  }

  /** Writes by another thread, with a queue of so many bytes; the number of all bytes in queues. */
  private static AtomicLong queued(WrongServer server, int bytes) {
    AtomicLong held = new AtomicLong();
    Map<Connection, Queue> queues = new ConcurrentHashMap<>();
    server.serve =
        connection -> {
          Queue queue = new Queue(connection, bytes, held);
          queues.put(connection, queue);
          try {
            server.converse(connection);
          } finally {
            queue.finish();
          }
        };
    server.reply = (connection, reply) -> queues.get(connection).add(reply);
    return held;
  }

  private static void endsByNoise(WrongServer server) {
    server.upper =
        text -> {
          if (text.codePoints().filter(each -> each == '\ufffd').count() > 50) {
            server.close();
          }
          return text.toUpperCase(Locale.ROOT);
        };
  }

  /** Replies that wait for a thread of their own to be written. */
  private static final class Queue {
    private static final byte[] END = {};
    private final LinkedBlockingQueue<byte[]> replies = new LinkedBlockingQueue<>();
    private final Semaphore room;
    private final AtomicLong held;
    private final CountDownLatch written = new CountDownLatch(1);

    Queue(Connection connection, int bytes, AtomicLong held) {
      room = new Semaphore(bytes);
      this.held = held;
      WrongServer.start(() -> write(connection));
    }

    void add(byte[] reply) {
      room.acquireUninterruptibly(reply.length);
      held.addAndGet(reply.length);
      replies.add(reply);
    }

    private void write(Connection connection) {
      try {
        for (byte[] reply = replies.take(); reply != END; reply = replies.take()) {
          connection.write(reply);
          held.addAndGet(-reply.length);
          room.release(reply.length);
        }
      } catch (IOException | InterruptedException e) {
        // The client is gone.
        room.release(Integer.MAX_VALUE / 2);
      } finally {
        replies.forEach(left -> held.addAndGet(-left.length));
        written.countDown();
      }
    }

    void finish() throws InterruptedException {
      replies.add(END);
      written.await();
    }
  }
}
