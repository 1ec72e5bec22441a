package io.upper.abuse;

import io.upper.config.Protocol;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Misbehaving clients. Each continues until the well-behaved clients were served. */
enum Abuse {
  /** Connections that send a byte now and then. */
  SLOWLORIS(1_000, 100) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      hold(
          server,
          Protocol.TCP,
          count,
          sockets -> {
            for (int round = 0; round < 3; round++) {
              for (Socket socket : sockets) {
                socket.getOutputStream().write('a');
              }
              others.awaitServed(10);
            }
          });
    }
  },

  /** Resets while the reply is sent. */
  RESETS(2_000, 200) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      byte[] request = new byte[64 << 10];
      for (int i = 0; i < count; i++) {
        try (Socket socket = server.connectPlain(Protocol.TCP)) {
          socket.getOutputStream().write(request);
          socket.getInputStream().read();
          socket.setSoLinger(true, 0);
        }
      }
      others.awaitServed(10);
    }
  },

  /** A ClientHello with changed bytes, cut short, or too long. */
  GARBAGE_HELLOS(500, 60) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      byte[] hello = clientHello(server);
      for (int i = 0; i < count; i++) {
        sendAndAwaitEnd(server, mutated(hello, random));
      }
      others.awaitServed(10);
    }
  },

  /** Half a ClientHello, then nothing. */
  STALLED_HANDSHAKES(500, 60) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      byte[] hello = clientHello(server);
      hold(
          server,
          Protocol.TLS,
          count,
          sockets -> {
            for (Socket socket : sockets) {
              socket.getOutputStream().write(hello, 0, hello.length / 2);
            }
            others.awaitServed(20);
          });
    }
  },

  PLAINTEXT_TO_TLS(100, 20) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      for (int i = 0; i < count; i++) {
        sendAndAwaitEnd(server, "GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      }
      others.awaitServed(10);
    }
  },

  /** Clients that send as much as possible, and read nothing. */
  NEVER_READ(100, 20) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      List<SocketChannel> channels = new ArrayList<>();
      try {
        ByteBuffer bytes = ByteBuffer.allocateDirect(64 << 10);
        for (int i = 0; i < count; i++) {
          SocketChannel channel = SocketChannel.open();
          channels.add(channel);
          channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
          channel.connect(server.address(Protocol.TCP));
          channel.configureBlocking(false);
        }
        // Without back pressure the server would read this for ever.
        long taken;
        int quiet = 0;
        while (quiet < 10) {
          taken = 0;
          for (SocketChannel channel : channels) {
            taken += channel.write(bytes.clear());
          }
          quiet = taken == 0 ? quiet + 1 : 0;
          others.awaitServed(1);
        }
      } finally {
        for (SocketChannel channel : channels) {
          channel.close();
        }
      }
    }
  },

  CONNECT_AND_CLOSE(10_000, 1_000) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      for (int i = 0; i < count; i++) {
        server.connectPlain(i % 2 == 0 ? Protocol.TCP : Protocol.TLS).close();
      }
      others.awaitServed(10);
    }
  },

  /** Of any length, without a reader of the replies. */
  RANDOM_DATAGRAMS(10_000, 500) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      try (DatagramSocket socket = new DatagramSocket()) {
        for (int i = 0; i < count; i++) {
          // As many short ones as long ones.
          byte[] bytes = new byte[random.nextInt(1 << random.nextInt(17)) % 65_508];
          random.nextBytes(bytes);
          socket.send(new DatagramPacket(bytes, bytes.length, server.address(Protocol.UDP)));
        }
      }
      others.awaitServed(10);
    }
  },

  /** The source of a forged datagram, but at 127.0.0.2, so that it can be sent here. */
  DATAGRAMS_FROM_THE_SERVERS_PORT(1_000, 100) {
    @Override
    void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
        throws Exception {
      int port = server.address(Protocol.UDP).getPort();
      InetAddress twin = InetAddress.getByName("127.0.0.2");
      try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(twin, port))) {
        for (int i = 0; i < count; i++) {
          byte[] bytes = {'a'};
          socket.send(new DatagramPacket(bytes, bytes.length, server.address(Protocol.UDP)));
        }
        others.awaitServed(10);
        socket.setSoTimeout(1);
        try {
          socket.receive(new DatagramPacket(new byte[1], 1));
          throw new AssertionError("it was answered");
        } catch (java.net.SocketTimeoutException e) {
          // As expected.
        }
      }
    }
  };

  /** Number of repetitions. */
  final int full;

  /** Enough for each build. */
  final int few;

  Abuse(int full, int few) {
    this.full = full;
    this.few = few;
  }

  abstract void commit(AbusedServer server, WellBehavedClients others, int count, Random random)
      throws Exception;

  private interface Holding {
    void with(List<Socket> sockets) throws Exception;
  }

  private static void hold(AbusedServer server, Protocol protocol, int count, Holding what)
      throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(server.connectPlain(protocol));
      }
      what.with(sockets);
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void sendAndAwaitEnd(AbusedServer server, byte[] bytes) throws IOException {
    try (Socket socket = server.connectPlain(Protocol.TLS)) {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (SocketException e) {
      // A reset will do too.
    }
  }

  private static byte[] clientHello(AbusedServer server) throws SSLException {
    SSLEngine engine = server.trust().createSSLEngine("localhost", 2443);
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    return Arrays.copyOf(hello.array(), hello.position());
  }

  private static byte[] mutated(byte[] hello, Random random) {
    int length = hello.length;
    switch (random.nextInt(4)) {
      case 0 -> length = random.nextInt(length);
      case 1 -> length += random.nextInt(40_000);
      default -> {}
    }
    byte[] bytes = Arrays.copyOf(hello, length);
    for (int changes = 1 + random.nextInt(8); changes > 0 && length > 0; changes--) {
      bytes[random.nextInt(length)] = (byte) random.nextInt();
    }
    return bytes;
  }
}
