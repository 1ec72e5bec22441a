package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A concurrent UDP server with a child process for each datagram, started with {@link
 * ProcessBuilder}. The datagram is the child's standard input, its output is the reply.
 *
 * <pre>
 * ./upper lesson udp-process 2000
 * echo hello | nc -u -w5 127.0.0.1 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code udp_fork.py}, {@code udp_process.py}, {@code udp_ss_fork.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>The number of processes is unlimited: {@code io.upper.model.ProcessPerConnectionModel} has
 *       a limit.
 *   <li>It never kills a child that hangs: the same class does.
 *   <li>A datagram longer than 1,024 bytes is truncated ({@code udp/size/1472}): see {@link
 *       UdpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link UdpPrefork}
 */
public final class UdpProcess {

  public static void main(String[] args) throws IOException {
    if (args.length > 0 && args[args.length - 1].equals("child")) {
      filter();
      return;
    }
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (DatagramSocket socket = new DatagramSocket(port)) {
      System.out.println("listening on port " + socket.getLocalPort());
      while (true) {
        DatagramPacket request = new DatagramPacket(new byte[1024], 1024);
        socket.receive(request);
        new Thread(() -> serve(socket, request)).start();
      }
    }
  }

  private static void serve(DatagramSocket socket, DatagramPacket request) {
    try {
      Process child = new ProcessBuilder(childCommand()).redirectError(Redirect.INHERIT).start();
      System.out.println("process " + child.pid() + " for " + request.getSocketAddress());
      child.getOutputStream().write(request.getData(), 0, request.getLength());
      child.getOutputStream().close();
      byte[] reply = child.getInputStream().readAllBytes();
      socket.send(new DatagramPacket(reply, reply.length, request.getSocketAddress()));
    } catch (IOException e) {
      System.out.println("no reply to " + request.getSocketAddress() + ": " + e.getMessage());
    }
  }

  private static List<String> childCommand() {
    ProcessHandle.Info self = ProcessHandle.current().info();
    List<String> command = new ArrayList<>(List.of(self.command().orElseThrow()));
    command.addAll(List.of(self.arguments().orElseThrow()));
    command.add("child");
    return command;
  }

  private static void filter() throws IOException {
    String text = new String(System.in.readAllBytes(), UTF_8);
    System.out.write(text.toUpperCase(Locale.ROOT).getBytes(UTF_8));
    System.out.flush();
  }
}
