package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A preforking TCP server: four processes, started before any client connects, listen on one port,
 * each with its own socket ({@link StandardSocketOptions#SO_REUSEPORT}). The kernel chooses a
 * process for each connection.
 *
 * <pre>
 * ./upper lesson tcp-prefork 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_prefork_process_accept.py}, {@code tcp_prefork_pool_accept.py}
 * (there the processes accept on one socket inherited by fork)
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A process that dies is not replaced: {@code io.upper.prefork.Supervisor} restarts it.
 *   <li>After SIGKILL its children live on: those of {@code io.upper.prefork.ServerProcess} exit at
 *       the end of a pipe from their parent.
 *   <li>The kernel chooses by a hash of addresses and ports, so connections may wait for a busy
 *       process while others are idle. That is inherent in SO_REUSEPORT.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tcp/text/cut-2}): see
 *       {@link TcpServer}.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpPreforkAccept}
 */
public final class TcpPrefork {
  private static final int PROCESSES = 4;
  private static final String CHILD = "child";

  public static void main(String[] args) throws IOException {
    // A child's arguments: those of its parent, then this word and the parent's port.
    boolean child = args.length > 1 && args[args.length - 2].equals(CHILD);
    int port = args.length > 0 ? Integer.parseInt(args[child ? args.length - 1 : 0]) : 2000;
    try (ServerSocket server = new ServerSocket()) {
      server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      server.bind(new InetSocketAddress(port));
      if (!child) {
        startChildren(server.getLocalPort());
        System.out.println("listening on port " + server.getLocalPort());
      }
      while (true) {
        serve(server.accept());
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

  private static void serve(Socket client) {
    System.out.println("process " + ProcessHandle.current().pid() + " serves " + client);
    try (client) {
      InputStream in = client.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[1024];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        out.write(upper(new String(buffer, 0, n, UTF_8)));
      }
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
    }
  }

  private static byte[] upper(String text) {
    return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }
}
