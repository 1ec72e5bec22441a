package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A concurrent TCP server with a child process for each connection, started with {@link
 * ProcessBuilder}. Java can neither fork nor pass a socket to a child, so this program starts
 * itself again as a filter and copies bytes between the socket and the child's standard input and
 * output.
 *
 * <pre>
 * ./upper lesson tcp-process 2000
 * printf hello | nc -N localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_fork.py}, {@code tcp_process.py}, {@code tcp_ss_fork.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>It neither limits the children, tens of megabytes each, nor kills one that hangs: {@code
 *       io.upper.model.ProcessPerConnectionModel} does both.
 *   <li>What the JVM of a child prints becomes part of the reply: the same class prevents it.
 *   <li>A character split between two reads is corrupted ({@code tcp/text/cut-2}): see TcpServer.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpPrefork}
 */
public final class TcpProcess {

  public static void main(String[] args) throws IOException {
    if (args.length > 0 && args[args.length - 1].equals("child")) {
      filter();
      return;
    }
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2000;
    try (ServerSocket server = new ServerSocket(port)) {
      System.out.println("listening on port " + server.getLocalPort());
      while (true) {
        Socket client = server.accept();
        new Thread(() -> serve(client)).start();
      }
    }
  }

  private static void serve(Socket client) {
    try (client) {
      Process child = new ProcessBuilder(childCommand()).redirectError(Redirect.INHERIT).start();
      System.out.println("process " + child.pid() + " serves " + client);
      new Thread(() -> copy(client, child)).start();
      InputStream replies = child.getInputStream();
      byte[] buffer = new byte[1024];
      for (int n = replies.read(buffer); n >= 0; n = replies.read(buffer)) {
        client.getOutputStream().write(buffer, 0, n);
      }
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
    }
  }

  private static void copy(Socket client, Process child) {
    // Closing the child's standard input ends it.
    try (OutputStream requests = child.getOutputStream()) {
      byte[] buffer = new byte[1024];
      InputStream in = client.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        requests.write(buffer, 0, n);
        requests.flush();
      }
    } catch (IOException e) {
      System.out.println("lost: " + client + ": " + e.getMessage());
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
    byte[] buffer = new byte[1024];
    for (int n = System.in.read(buffer); n >= 0; n = System.in.read(buffer)) {
      System.out.write(new String(buffer, 0, n, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8));
      System.out.flush();
    }
  }
}
