package io.upper.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;

/** The clients of one attempt, driven by the thread that waits for them. Not thread-safe. */
final class Clients implements AutoCloseable {
  /** A socket that does what it is ready for. */
  interface Driven {
    /** Whether anything happened. */
    boolean ready();

    void close();
  }

  private final SocketAddress server;
  private final Selector selector;
  private final long start = System.nanoTime();
  private final List<Peer> peers = new ArrayList<>();
  private final List<DatagramPeer> datagramPeers = new ArrayList<>();
  // Nanoseconds of waiting that are left.
  private long spare;

  /**
   * Without clients yet.
   *
   * @param limit of all waiting together
   */
  Clients(SocketAddress server, Duration limit) {
    this.server = server;
    spare = limit.toNanos();
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector: " + e.getMessage(), e);
    }
  }

  /** Begins to connect another client. */
  Peer open() {
    try {
      Peer peer = new Peer(selector, server, start);
      peers.add(peer);
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException("no socket: " + e.getMessage(), e);
    }
  }

  /** Begins to connect another client of a TLS server. */
  TlsPeer openTls(SSLEngine engine, boolean holdsHello) {
    try {
      TlsPeer peer = new TlsPeer(selector, server, start, engine, holdsHello);
      peers.add(peer);
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException("no socket: " + e.getMessage(), e);
    }
  }

  /** Opens another client of a UDP server. */
  DatagramPeer openDatagrams(boolean connected) {
    try {
      DatagramPeer peer = new DatagramPeer(selector, (InetSocketAddress) server, start, connected);
      datagramPeers.add(peer);
      return peer;
    } catch (IOException e) {
      throw new UncheckedIOException("no socket: " + e.getMessage(), e);
    }
  }

  /**
   * Waits; meanwhile all clients send and receive.
   *
   * @param quiet how long nothing may move
   * @return whether the condition holds; false if nothing moved for too long, or the limit is over
   */
  boolean await(BooleanSupplier condition, Duration quiet) {
    long began = System.nanoTime();
    long deadline = began + spare;
    long moved = began;
    try {
      while (!condition.getAsBoolean()) {
        long now = System.nanoTime();
        long left = Math.min(moved + quiet.toNanos(), deadline) - now;
        if (left <= 0) {
          return false;
        }
        if (turn(left)) {
          moved = System.nanoTime();
        }
      }
      return true;
    } finally {
      spare -= System.nanoTime() - began;
    }
  }

  /** Lets time pass; meanwhile all clients send and receive. */
  void pause(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      turn(left);
    }
  }

  private boolean turn(long nanos) {
    boolean[] moved = {false};
    try {
      selector.select(
          (SelectionKey key) -> moved[0] |= ((Driven) key.attachment()).ready(),
          Math.max(1, nanos / 1_000_000));
    } catch (IOException e) {
      throw new UncheckedIOException("no selector: " + e.getMessage(), e);
    }
    return moved[0];
  }

  /** Those of each protocol in the order in which they were opened. */
  List<Client> all() {
    List<Client> all = new ArrayList<>(peers);
    all.addAll(datagramPeers);
    return all;
  }

  @Override
  public void close() {
    peers.forEach(Peer::close);
    datagramPeers.forEach(DatagramPeer::close);
    try {
      selector.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close a selector: " + e.getMessage(), e);
    }
  }
}
