import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

class Server {
  public static void main(String[] args) throws Exception {
    String kind = args[0];
    int port = Integer.parseInt(kind.equals("fixed") ? args[2] : args[1]);
    int processes = kind.equals("bomb") ? 150 : kind.equals("litter") ? 1 : 0;
    for (int i = 0; i < processes; i++) {
      new ProcessBuilder("sleep", "600").start();
    }
    if (kind.equals("deaf")) {
      sun.misc.Signal.handle(new sun.misc.Signal("TERM"), sun.misc.SignalHandler.SIG_IGN);
    }
    if (kind.equals("late")) {
      Thread.sleep(3000);
    }
    byte[] kept = new byte[kind.equals("greedy") ? 800_000_000 : 0];
    for (int i = 0; i < kept.length; i += 4096) {
      kept[i] = 1;
    }
    ServerSocket server = new ServerSocket(port, 100, InetAddress.getByName("127.0.0.1"));
    if (kind.equals("chatter")) {
      new Thread(Server::chatter).start();
    }
    while (true) {
      Socket client = server.accept();
      new Thread(() -> serve(client, kind)).start();
    }
  }

  private static void chatter() {
    while (true) {
      System.out.println("x".repeat(1000));
    }
  }

  private static void serve(Socket client, String kind) {
    byte[] bytes = new byte[4096];
    try (client) {
      for (int count = 0; count >= 0; count = client.getInputStream().read(bytes)) {
        if (count > 0 && kind.equals("crash")) {
          Runtime.getRuntime().halt(9);
        }
        String text = new String(bytes, 0, count, StandardCharsets.UTF_8);
        String reply = kind.equals("lower") ? text : text.toUpperCase(Locale.ROOT);
        client.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }
}
