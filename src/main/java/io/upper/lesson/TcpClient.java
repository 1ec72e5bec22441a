package io.upper.lesson;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;

/**
 * A TCP client: it sends each line of its standard input over a {@link Socket} and prints the
 * reply. A stream does not mark the end of a reply, so it reads as many bytes as it has sent.
 *
 * <pre>
 * ./upper lesson tcp-server 2000
 * printf 'hello\nworld\n' | ./upper lesson tcp-client localhost 2000
 * </pre>
 *
 * <p><b>Python:</b> {@code tcp_client.py}, {@code TCP6_client.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A reply can be longer or shorter than its request: ß becomes SS. {@code
 *       io.upper.client.StreamClient} computes the length of the correct reply.
 *   <li>It waits forever for a server that does not reply: the same class has a timeout.
 * </ul>
 *
 * <p><b>Next:</b> {@link TcpHandler}
 */
public final class TcpClient {

  public static void main(String[] args) throws IOException {
    String host = args.length > 0 ? args[0] : "localhost";
    int port = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    try (Socket server = new Socket(host, port)) {
      InputStream in = server.getInputStream();
      OutputStream out = server.getOutputStream();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        byte[] request = line.getBytes(UTF_8);
        out.write(request);
        byte[] reply = in.readNBytes(request.length);
        System.out.println("Reply is '" + new String(reply, UTF_8) + "'");
      }
    }
  }
}
