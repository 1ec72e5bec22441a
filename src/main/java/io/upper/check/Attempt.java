package io.upper.check;

import io.upper.report.Units;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/**
 * One run of a case: its clients, its random texts, and its time limit. Used by the grader's thread
 * only.
 */
public final class Attempt implements AutoCloseable {
  private static final int SHORTEST_WORD = 3;
  private static final int LONGEST_WORD = 10;
  private static final int LINE = 20;
  private static final int BLOCK = 20 * 4093;

  // Bytes per millisecond: a server that reads a few bytes at a time is slow, and right.
  private static final int SLOWEST = 1024;

  private static final int FOR_PROCESSES = 5;

  // After it a server counts as dead.
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

  private final Traits traits;
  private final Cost cost;
  private final Random random;
  private final Duration quiet;
  private final Clients clients;
  private final CheckedServer server;

  /**
   * Begins an attempt.
   *
   * @param cost of the form to run
   * @param seed the same seed gives the same texts
   * @param patience how long nothing may move, on top of the server's own time
   */
  Attempt(CheckedServer server, Traits traits, Cost cost, long seed, Duration patience) {
    this.server = server;
    this.traits = traits;
    this.cost = cost;
    random = new Random(seed);
    // Many clients at once may all have to wait for the last one: a process starts for each.
    quiet = patience.plus(traits.job().multipliedBy(Math.max(2, cost.clients() / 4)));
    Duration work = cost.time(traits).plus(Duration.ofMillis(cost.bytes() / SLOWEST));
    clients = new Clients(server.address(), quiet.plus(work).multipliedBy(3));
  }

  /** What the server is. */
  public Traits traits() {
    return traits;
  }

  /** The form to run. */
  public Cost cost() {
    return cost;
  }

  /** Random numbers, the same for the same seed. */
  public Random random() {
    return random;
  }

  /** Resident memory of the server and its descendants in bytes, if the grader has started it. */
  public OptionalLong memory() {
    return server.memory();
  }

  /**
   * The beginning and the end of the server.
   *
   * @throws NotApplicable if the grader has not started it
   */
  public Lifecycle lifecycle() throws NotApplicable {
    return server
        .lifecycle()
        .orElseThrow(() -> new NotApplicable("it was not started by upper check"));
  }

  /** So many bytes of text in lines, which suit a server of any framing; of each length others. */
  public String lines(int count) {
    StringBuilder text = new StringBuilder(count);
    int block = Math.min(count, BLOCK);
    while (text.length() + LINE <= block) {
      text.append(letters(LINE - 1)).append('\n');
    }
    // Its length is no power of two: a buffer that is lost or sent twice does not fit.
    String again = text.toString();
    while (text.length() + again.length() <= count) {
      text.append(again);
    }
    return text.toString();
  }

  /** A random word of ASCII letters in lower case. */
  public String word() {
    return letters(SHORTEST_WORD + random.nextInt(LONGEST_WORD - SHORTEST_WORD + 1));
  }

  /** So many random ASCII letters in lower case. */
  public String letters(int count) {
    StringBuilder text = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(26)));
    }
    return text.toString();
  }

  /** For cases of UDP. */
  public Datagrams datagrams() {
    return new Datagrams(this, clients);
  }

  /** A connected client. */
  public Peer connect() throws CheckFailure {
    Peer peer = open();
    connected(peer);
    return peer;
  }

  /** A client that begins to connect. */
  public Peer open() {
    return server.tls().isPresent() ? tls().open() : clients.open();
  }

  /** For cases of TLS. */
  public TlsClients tls() {
    return new TlsClients(this, clients, server.tls().orElseThrow());
  }

  /** Waits until a client is connected, with TLS until its handshake is complete. */
  public void connected(Peer peer) throws CheckFailure {
    boolean done = await(() -> peer.state() != Client.State.CONNECTING);
    if (!done) {
      throw new CheckFailure(
          Symptom.NO_CONNECTION, peer, "The connection was not accepted in " + waited() + ".");
    }
    if (peer.state() == Client.State.FAILED && !(peer.failure() instanceof SSLException)) {
      throw new CheckFailure(
          Symptom.NO_CONNECTION, peer, "No connection: " + peer.failure().getMessage() + ".");
    }
    if (peer instanceof TlsPeer secured) {
      tls().handshake(secured);
    }
  }

  /** Sends a message, complete for a server of this kind, and expects its uppercase. */
  public void say(Peer peer, String text) {
    String message = message(text);
    peer.expect(traits.reply(message));
    peer.send(message);
  }

  /** A text as a complete message: for a server that reads lines, a line. */
  public String message(String text) {
    return traits.framing().byLine() ? text + "\n" : text;
  }

  /** Says something and waits for the reply; ends the client's side where the server needs that. */
  public void ask(Peer peer, String text) throws CheckFailure {
    say(peer, text);
    if (traits.framing() == Framing.END) {
      peer.end();
    }
    replies(peer);
  }

  /**
   * Refuses a server that replies at the end of the input only.
   *
   * @throws NotApplicable with this reason
   */
  public void needsConversation() throws NotApplicable {
    if (traits.framing() == Framing.END) {
      throw new NotApplicable("it replies at the end of the input: one message per connection");
    }
  }

  /**
   * Refuses a server on a Unix domain socket, where a client cannot reset its connection.
   *
   * @throws NotApplicable that says so
   */
  public void needsReset() throws NotApplicable {
    if (server.address() instanceof UnixDomainSocketAddress) {
      throw new NotApplicable("it listens on a Unix domain socket, which has no reset");
    }
  }

  /** Waits until anything has come, right or wrong. */
  public void anyReply(Peer peer) throws CheckFailure {
    Duration patient = quiet.compareTo(LONG_ENOUGH) > 0 ? quiet : LONG_ENOUGH;
    boolean done = await(() -> peer.receivedCount() > 0 || peer.over(), patient);
    if (peer.receivedCount() == 0) {
      throw missing(peer, done);
    }
  }

  /**
   * Waits until the server has read, and replied to, what was sent, as far as it replies to that:
   * so much of the reply, and then a moment for bytes that it keeps.
   */
  public void read(Peer peer, int replied, Duration moment) {
    if (traits.framing() == Framing.STREAM) {
      await(() -> peer.receivedCount() >= replied || peer.over());
    }
    pause(moment);
  }

  /** Waits until all have what they expect; fails at the first wrong byte of any. */
  public void replies(List<Peer> peers) throws CheckFailure {
    await(() -> peers.stream().anyMatch(Peer::differs) || peers.stream().allMatch(Peer::answered));
    for (Peer peer : peers) {
      if (peer.differs()) {
        replies(peer);
      }
    }
    for (Peer peer : peers) {
      replies(peer);
    }
  }

  /** The same, of clients that leave with their reply: others may wait for their places. */
  public void repliesInTurn(List<Peer> peers) throws CheckFailure {
    await(
        () -> {
          peers.stream().filter(Peer::answered).forEach(Peer::close);
          return peers.stream().allMatch(Peer::answered);
        });
    replies(peers);
  }

  /** Waits until everything expected has come, and fails at the first wrong byte. */
  public void replies(Peer peer) throws CheckFailure {
    boolean done = await(peer::answered);
    if (peer.differs()) {
      throw new CheckFailure(
          Symptom.WRONG_BYTES,
          peer,
          "Byte " + (peer.firstDifference() + 1) + " of the reply is not the expected one.");
    }
    if (peer.receivedCount() < peer.expectedCount()) {
      throw missing(peer, done);
    }
  }

  private CheckFailure missing(Peer peer, boolean done) {
    String count =
        peer.receivedCount() + " of " + Units.plural(peer.expectedCount(), "expected byte");
    if (!done) {
      return new CheckFailure(
          Symptom.NO_REPLY, peer, count + " came, then nothing for " + waited() + ".");
    }
    return switch (peer.state()) {
      case RESET ->
          new CheckFailure(Symptom.RESET, peer, "The connection was reset after " + count + ".");
      case FAILED ->
          new CheckFailure(
              Symptom.NO_CONNECTION, peer, "No connection: " + peer.failure().getMessage() + ".");
      default ->
          new CheckFailure(
              Symptom.EARLY_END, peer, "The server ended the connection after " + count + ".");
    };
  }

  /** Ends the client's side, and waits for the rest of the replies and the server's end. */
  public void finish(Peer peer) throws CheckFailure {
    peer.end();
    replies(peer);
    ends(peer);
  }

  /** Waits until the server ends the connection, properly and without more bytes. */
  public void ends(Peer peer) throws CheckFailure {
    boolean done = await(() -> peer.over() || tooMuch(peer));
    nothingMore(peer);
    if (!done) {
      throw new CheckFailure(
          Symptom.NO_END,
          peer,
          "The server did not end the connection in " + waited() + " after the client's end.");
    }
    if (peer.state() == Client.State.RESET) {
      throw new CheckFailure(Symptom.RESET, peer, "The server ended the connection with a reset.");
    }
  }

  /** Fails if more has come than was expected. */
  public void nothingMore(Peer peer) throws CheckFailure {
    if (tooMuch(peer)) {
      int extra = peer.receivedCount() - peer.expectedCount();
      throw new CheckFailure(
          Symptom.EXTRA_BYTES, peer, Units.plural(extra, "byte") + " came that nobody asked for.");
    }
  }

  private static boolean tooMuch(Peer peer) {
    return peer.receivedCount() > peer.expectedCount();
  }

  /**
   * Waits.
   *
   * @return whether the condition holds; false if nothing moved for too long
   */
  public boolean await(BooleanSupplier condition) {
    return clients.await(condition, quiet);
  }

  /** Waits until something holds, at most so long. */
  public boolean await(BooleanSupplier condition, Duration time) {
    return clients.await(condition, time);
  }

  /** Lets time pass; meanwhile all clients send and receive. */
  public void pause(Duration time) {
    clients.pause(time);
  }

  /** How long a process may take to start, or to end. */
  public Duration longLimit() {
    return quiet.multipliedBy(FOR_PROCESSES);
  }

  /** How long nothing may move. */
  String waited() {
    return Units.time(quiet);
  }

  /** In the order in which they were opened. */
  List<Client> clients() {
    return clients.all();
  }

  /** The bytes of a text. */
  public static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    clients.close();
  }
}
