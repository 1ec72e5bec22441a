package io.upper.live;

import io.upper.client.Message;
import io.upper.client.Target;
import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.jvm.Daemon;
import io.upper.net.Addresses;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client that makes something to see: a closed loop over one TCP connection, with a little time
 * to think. Plain blocking code on a thread of its own, so that no event loop that it waits for can
 * stop it.
 */
final class DemonstrationClient {
  private static final Logger LOG = LoggerFactory.getLogger(DemonstrationClient.class);
  private static final int CONNECT_MILLIS = 10_000;
  static final int RETRY_MILLIS = 500;
  private static final int MIN_THINK_MILLIS = 50;
  private static final int MAX_THINK_MILLIS = 250;
  private static final String TEXT = "hello";

  private final int number;
  private final ShownConnections shown;
  private final Supplier<ServerSettings> server;
  private final Thread thread;
  private volatile boolean stopped;
  private volatile boolean reconnects;

  /**
   * Starts it.
   *
   * @param number its number, from 1
   * @param server the TCP server, with its actual port; null while there is none
   */
  DemonstrationClient(int number, ShownConnections shown, Supplier<ServerSettings> server) {
    this.number = number;
    this.shown = shown;
    this.server = server;
    this.thread = Daemon.start("upper-demonstration-" + number, this::run);
  }

  /** Stops after the reply that it waits for. */
  void stop() {
    stopped = true;
    thread.interrupt(); // It may be thinking.
  }

  /** Connects again after the reply that it waits for. */
  void reconnect() {
    reconnects = true;
  }

  private void run() throws InterruptedException {
    while (!stopped) {
      ServerSettings settings = server.get();
      if (settings != null) {
        connect(settings);
      }
      if (settings == null || !reconnects) {
        Thread.sleep(RETRY_MILLIS);
      }
    }
  }

  private void connect(ServerSettings settings) throws InterruptedException {
    reconnects = false;
    String client = null;
    try (Socket socket = new Socket()) {
      InetSocketAddress address =
          Target.resolve(settings.host(), settings.port()).addresses().get(0);
      // Bound before it connects: so its first event can precede those of the server.
      socket.bind(new InetSocketAddress(0));
      String peer =
          Addresses.text(new InetSocketAddress(address.getAddress(), socket.getLocalPort()));
      client = Protocol.TCP.word() + " " + peer;
      shown.connecting(client, number);
      socket.connect(address, CONNECT_MILLIS);
      socket.setTcpNoDelay(true);
      converse(socket, client, Message.of(TEXT, Protocol.TCP, settings.service()));
    } catch (IOException e) {
      LOG.debug("demonstration client {}: {}", number, e.getMessage());
    } finally {
      if (client != null) {
        shown.disconnected(client, "not served");
      }
    }
  }

  private void converse(Socket socket, String client, Message message)
      throws IOException, InterruptedException {
    byte[] request = message.bytes().getBytes();
    while (!stopped && !reconnects) {
      ShownRequest sent = shown.sending(client);
      socket.getOutputStream().write(request);
      if (socket.getInputStream().readNBytes(message.expected().length()).length
          < message.expected().length()) {
        throw new EOFException("the server closed the connection");
      }
      shown.answered(client, sent);
      Thread.sleep(ThreadLocalRandom.current().nextInt(MIN_THINK_MILLIS, MAX_THINK_MILLIS));
    }
  }
}
