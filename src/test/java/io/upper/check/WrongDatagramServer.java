package io.upper.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.UnaryOperator;

/** A right UDP server, in steps: in a wrong one another step takes the place of a right one. */
final class WrongDatagramServer implements CheckedServer, AutoCloseable {
  /** One client's. */
  record Request(byte[] bytes, SocketAddress sender) {}

  /** Serves a request; if it throws, the server ends. */
  interface Step {
    void serve(WrongDatagramServer server, Request request) throws IOException;
  }

  /** What fits into its receive buffer. */
  int buffer = 65_535;

  /** Maps a text. */
  UnaryOperator<String> upper = text -> text.toUpperCase(Locale.ROOT);

  /** Maps bytes, also such that are not UTF-8. */
  UnaryOperator<byte[]> map = bytes -> upper.apply(new String(bytes, UTF_8)).getBytes(UTF_8);

  /** Serves a request: what cannot be sent is dropped. */
  Step step =
      (server, request) -> {
        try {
          server.send(server.map.apply(request.bytes()), request.sender());
        } catch (IOException e) {
          // Too long.
        }
      };

  private final DatagramSocket socket;
  private final InetSocketAddress address;

  WrongDatagramServer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
    address = (InetSocketAddress) socket.getLocalSocketAddress();
  }

  WrongDatagramServer begin() {
    Thread thread = new Thread(this::run, "wrong-udp");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  private void run() {
    try {
      while (true) {
        step.serve(this, receive());
      }
    } catch (IOException | RuntimeException e) {
      // Its end; the socket stays open, as that of a thread that died.
    }
  }

  Request receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[buffer], buffer);
    socket.receive(packet);
    return new Request(
        Arrays.copyOf(packet.getData(), packet.getLength()), packet.getSocketAddress());
  }

  void send(byte[] reply, SocketAddress to) throws IOException {
    socket.send(new DatagramPacket(reply, reply.length, to));
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    socket.close();
  }
}
