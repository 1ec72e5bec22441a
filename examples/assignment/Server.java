import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Replies to each client with the uppercase of its text. Usage: java Server.java PORT */
public class Server {
  private static final List<Socket> CLIENTS = new CopyOnWriteArrayList<>();

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[0]);
    ServerSocket listener = new ServerSocket(port, 100, InetAddress.getByName("127.0.0.1"));
    while (true) {
      Socket client = listener.accept();
      CLIENTS.add(client);
      new Thread(() -> serve(client)).start();
    }
  }

  private static void serve(Socket client) {
    try {
      Reader in = new InputStreamReader(client.getInputStream(), UTF_8);
      Writer out = new OutputStreamWriter(client.getOutputStream(), UTF_8);
      char[] buffer = new char[1024];
      int count = in.read(buffer);
      while (count > 0) {
        for (int i = 0; i < count; i++) {
          buffer[i] = Character.toUpperCase(buffer[i]);
        }
        out.write(buffer, 0, count);
        out.flush();
        count = in.read(buffer);
      }
    } catch (IOException e) {
      System.out.println("A client has gone: " + e.getMessage());
    }
  }
}
