package io.upper.cli;

import io.upper.lesson.McastClient;
import io.upper.lesson.McastServer;
import io.upper.lesson.NettyTcp;
import io.upper.lesson.Tcp6;
import io.upper.lesson.TcpClient;
import io.upper.lesson.TcpCompletion;
import io.upper.lesson.TcpHandler;
import io.upper.lesson.TcpPool;
import io.upper.lesson.TcpPrefork;
import io.upper.lesson.TcpPreforkAccept;
import io.upper.lesson.TcpProcess;
import io.upper.lesson.TcpSelect;
import io.upper.lesson.TcpSelectors;
import io.upper.lesson.TcpServer;
import io.upper.lesson.TcpThread;
import io.upper.lesson.TlsClient;
import io.upper.lesson.TlsServer;
import io.upper.lesson.UdpClient;
import io.upper.lesson.UdpConnectedClient;
import io.upper.lesson.UdpPool;
import io.upper.lesson.UdpPrefork;
import io.upper.lesson.UdpProcess;
import io.upper.lesson.UdpServer;
import io.upper.lesson.UdpThread;
import io.upper.lesson.UnixClient;
import io.upper.lesson.UnixServer;
import io.upper.lesson.VertxClient;
import io.upper.lesson.VertxClusterGateway;
import io.upper.lesson.VertxClusterWorker;
import io.upper.lesson.VertxEventBus;
import io.upper.lesson.VertxStreams;
import io.upper.lesson.VertxTcp;
import io.upper.lesson.VertxTls;
import io.upper.lesson.VertxUdp;
import io.upper.lesson.VertxWorker;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small program.
 *
 * @param type its class, whose source is in the jar
 * @param program its main method
 */
record Lesson(Class<?> type, Program program) {
  private static final Pattern HEADER = Pattern.compile("(?s)/\\*\\*\\s(.*?)[.:]\\s");

  /** A main method. */
  interface Program {
    void main(String[] args) throws Exception;
  }

  /** All lessons, in the order of docs/lessons.md. */
  static final List<Lesson> ALL =
      List.of(
          new Lesson(UdpServer.class, UdpServer::main),
          new Lesson(UdpClient.class, UdpClient::main),
          new Lesson(UdpConnectedClient.class, UdpConnectedClient::main),
          new Lesson(UdpThread.class, UdpThread::main),
          new Lesson(UdpPool.class, UdpPool::main),
          new Lesson(UdpProcess.class, UdpProcess::main),
          new Lesson(UdpPrefork.class, UdpPrefork::main),
          new Lesson(McastServer.class, McastServer::main),
          new Lesson(McastClient.class, McastClient::main),
          new Lesson(TcpServer.class, TcpServer::main),
          new Lesson(TcpClient.class, TcpClient::main),
          new Lesson(TcpHandler.class, TcpHandler::main),
          new Lesson(TcpThread.class, TcpThread::main),
          new Lesson(TcpPool.class, TcpPool::main),
          new Lesson(TcpProcess.class, TcpProcess::main),
          new Lesson(TcpPrefork.class, TcpPrefork::main),
          new Lesson(TcpPreforkAccept.class, TcpPreforkAccept::main),
          new Lesson(TcpSelect.class, TcpSelect::main),
          new Lesson(TcpSelectors.class, TcpSelectors::main),
          new Lesson(TcpCompletion.class, TcpCompletion::main),
          new Lesson(Tcp6.class, Tcp6::main),
          new Lesson(UnixServer.class, UnixServer::main),
          new Lesson(UnixClient.class, UnixClient::main),
          new Lesson(TlsServer.class, TlsServer::main),
          new Lesson(TlsClient.class, TlsClient::main),
          new Lesson(NettyTcp.class, NettyTcp::main),
          new Lesson(VertxTcp.class, VertxTcp::main),
          new Lesson(VertxUdp.class, VertxUdp::main),
          new Lesson(VertxTls.class, VertxTls::main),
          new Lesson(VertxClient.class, VertxClient::main),
          new Lesson(VertxWorker.class, VertxWorker::main),
          new Lesson(VertxStreams.class, VertxStreams::main),
          new Lesson(VertxEventBus.class, VertxEventBus::main),
          new Lesson(VertxClusterGateway.class, VertxClusterGateway::main),
          new Lesson(VertxClusterWorker.class, VertxClusterWorker::main));

  static Optional<Lesson> of(String name) {
    return ALL.stream().filter(lesson -> lesson.name().equals(name)).findFirst();
  }

  /** The class name in lower case with hyphens: {@code tcp-select}. */
  String name() {
    return type.getSimpleName().replaceAll("(?<=.)(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** The source file. */
  String source() throws IOException {
    String file = type.getSimpleName() + ".java";
    try (InputStream text = type.getResourceAsStream(file)) {
      if (text == null) {
        throw new IOException(file + " is not among the classes: build with Maven");
      }
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The first sentence of its header. */
  String sentence() throws IOException {
    Matcher header = HEADER.matcher(source());
    if (!header.find()) {
      throw new IOException(type.getSimpleName() + ".java has no header");
    }
    return header
        .group(1)
        .replaceAll("\\s+\\*\\s+|^\\s*\\*\\s+", " ")
        .replaceAll("\\{@\\w+\\s+(?:\\w+#)?([^}]*)}", "$1")
        .strip();
  }
}
