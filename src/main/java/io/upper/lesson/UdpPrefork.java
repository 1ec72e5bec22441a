package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A preforking UDP server: four processes, started before any datagram arrives, share one port
 * ({@link StandardSocketOptions#SO_REUSEPORT}). The kernel chooses a process by the sender's
 * address and port.
 *
 * <pre>
 * ./upper lesson udp-prefork 2000
 * echo hello | nc -u -w1 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_prefork.py} (there one process receives and a pool of others
 * replies)
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A process that dies is not replaced: {@code io.upper.prefork.Supervisor} restarts it.
 *   <li>After SIGKILL its children live on: those of {@code io.upper.prefork.ServerProcess} exit at
 *       the end of a pipe from their parent.
 *   <li>A datagram longer than 1,024 bytes is truncated ({@code udp/size/1472}): see {@link
 *       UdpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpServer}
 */
public final class UdpPrefork {
  private static final int PROCESSES = 4;
  private static final String CHILD = "child";

  public static void main(String[] args) throws IOException {
    // A child's arguments: those of its parent, then this word and the parent's port.
    boolean child = args.length > 1 && args[args.length - 2].equals(CHILD);
    int port = args.length > 0 ? Integer.parseInt(args[child ? args.length - 1 : 0]) : 2000;
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      socket.bind(new InetSocketAddress(port));
      if (!child) {
        startChildren(socket.getLocalPort());
        System.out.println("listening on port " + socket.getLocalPort());
      }
      while (true) {
        serve(socket);
      }
    }
  }

  private static void startChildren(int port) throws IOException {
    ProcessHandle.Info self = ProcessHandle.current().info();
    List<String> command = new ArrayList<>(List.of(self.command().orElseThrow()));
    command.addAll(List.of(self.arguments().orElseThrow()));
    command.addAll(List.of(CHILD, "" + port));
    for (int i = 1; i < PROCESSES; i++) {
      Process process = new ProcessBuilder(command).inheritIO().start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    }
  }

  private static void serve(DatagramSocket socket) throws IOException {
    DatagramPacket request = new DatagramPacket(new byte[1024], 1024);
    socket.receive(request);
    String client = request.getSocketAddress().toString();
    System.out.println("process " + ProcessHandle.current().pid() + " has a request of " + client);
    byte[] reply = upper(new String(request.getData(), 0, request.getLength(), UTF_8));
    socket.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
