package io.upper.net;

import io.netty.channel.unix.Errors.NativeIoException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on all addresses of a host, on the same port: on most systems {@code localhost} is
 * 127.0.0.1 and ::1, and clients try either. Use it on one context.
 *
 * @param <S> the type of listening socket
 */
public final class Listeners<S> {
  private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

  // With port 0: the port that is free on the first address may be taken on another.
  private static final int MAX_ATTEMPTS = 10;

  // EAFNOSUPPORT and EADDRNOTAVAIL on Linux, then on macOS.
  private static final Set<Integer> UNAVAILABLE = Set.of(-97, -99, -47, -49);
  // The JDK has the system's text instead of the number.
  private static final String UNAVAILABLE_TEXT = "assign requested address";

  /**
   * A listening socket.
   *
   * @param address with the actual port
   */
  public record Listener<S>(InetSocketAddress address, S socket) {}

  private final String server;
  private final Function<InetSocketAddress, Future<Listener<S>>> bind;
  private final Function<S, Future<?>> close;

  /**
   * @param server the server's name in the log
   * @param bind opens a socket; port 0 means any free one
   * @param close closes a socket if another address fails
   */
  public Listeners(
      String server,
      Function<InetSocketAddress, Future<Listener<S>>> bind,
      Function<S, Future<?>> close) {
    this.server = server;
    this.bind = bind;
    this.close = close;
  }

  /**
   * The addresses of a host, with a port. Each host name is made unique to the owner, since in
   * Vert.x servers on the same host name and port share one socket.
   *
   * @param owner name common to the servers that may share a socket
   * @return fails with an {@link UnknownHostException} if the host has no address
   */
  public static Future<List<InetSocketAddress>> resolve(
      Vertx vertx, String owner, String host, int port) {
    return vertx.executeBlocking(
        () -> {
          List<InetSocketAddress> addresses = new ArrayList<>();
          for (InetAddress address : Addresses.resolve(host)) {
            String name = owner + " " + Addresses.text(address);
            addresses.add(new InetSocketAddress(named(name, address), port));
          }
          return addresses;
        });
  }

  private static InetAddress named(String name, InetAddress address) throws UnknownHostException {
    byte[] bytes = address.getAddress();
    if (!(address instanceof Inet6Address ipv6)) {
      return InetAddress.getByAddress(name, bytes);
    }
    return ipv6.getScopedInterface() == null
        ? Inet6Address.getByAddress(name, bytes, ipv6.getScopeId())
        : Inet6Address.getByAddress(name, bytes, ipv6.getScopedInterface());
  }

  /**
   * Listens on addresses with the same port. Addresses that this machine does not have are skipped
   * and logged; if it has none of them, the future fails.
   *
   * @return completes with at least one socket; if binding an address fails, closes the others and
   *     fails
   */
  public Future<List<Listener<S>>> listen(List<InetSocketAddress> addresses) {
    return attempt(addresses, addresses.get(0).getPort() == 0 ? MAX_ATTEMPTS : 1);
  }

  private Future<List<Listener<S>>> attempt(List<InetSocketAddress> addresses, int attempts) {
    Attempt attempt = new Attempt(addresses);
    return attempt
        .bindFrom(0)
        .recover(
            cause ->
                attempt
                    .close()
                    .compose(
                        v ->
                            attempts > 1
                                ? attempt(addresses, attempts - 1)
                                : Future.failedFuture(cause)));
  }

  /** Binds one address after the other; the first one bound determines the port. */
  private final class Attempt {
    private final List<InetSocketAddress> addresses;
    private final List<Listener<S>> listening = new ArrayList<>();
    private final Map<InetSocketAddress, Throwable> unavailable = new LinkedHashMap<>();

    Attempt(List<InetSocketAddress> addresses) {
      this.addresses = addresses;
    }

    Future<List<Listener<S>>> bindFrom(int index) {
      if (index == addresses.size()) {
        return bound();
      }
      InetSocketAddress address = addresses.get(index);
      int port = listening.isEmpty() ? address.getPort() : listening.get(0).address().getPort();
      return bind.apply(new InetSocketAddress(address.getAddress(), port))
          .map(listening::add)
          .recover(
              cause ->
                  isUnavailable(cause)
                      ? Future.succeededFuture(unavailable.put(address, cause) == null)
                      : Future.failedFuture(failure(address, cause)))
          .compose(v -> bindFrom(index + 1));
    }

    private Future<List<Listener<S>>> bound() {
      if (listening.isEmpty()) {
        return Future.failedFuture(failure(addresses.get(0), unavailable.get(addresses.get(0))));
      }
      unavailable.forEach(
          (address, cause) ->
              LOG.info("{} skips {}: {}", server, Addresses.text(address), reason(cause)));
      return Future.succeededFuture(listening);
    }

    /** With several addresses the message names the one that failed. */
    private Throwable failure(InetSocketAddress address, Throwable cause) {
      String which = addresses.size() == 1 ? "" : Addresses.text(address.getAddress()) + ": ";
      return new IOException(which + reason(cause), cause);
    }

    Future<Void> close() {
      return Future.join(listening.stream().map(l -> close.apply(l.socket())).toList())
          .<Void>mapEmpty()
          .otherwiseEmpty();
    }
  }

  private static boolean isUnavailable(Throwable cause) {
    return cause instanceof UnsupportedAddressTypeException
        || cause instanceof NativeIoException e && UNAVAILABLE.contains(e.expectedErr())
        || String.valueOf(cause.getMessage()).contains(UNAVAILABLE_TEXT);
  }

  /** Why a server does not start, in one line: {@code tcp cannot listen on 127.0.0.1:80: …}. */
  public static IllegalStateException cannotListen(
      String server, String host, int port, Throwable cause) {
    return cannotListen(server, Addresses.text(host, port), cause);
  }

  /** The same, of an address as it is logged. */
  public static IllegalStateException cannotListen(String server, String address, Throwable cause) {
    String why = cause instanceof UnknownHostException ? "the name is unknown" : reason(cause);
    return new IllegalStateException(server + " cannot listen on " + address + ": " + why, cause);
  }

  /** Why a system call failed, in one line. */
  public static String reason(Throwable cause) {
    if (cause instanceof UnsupportedAddressTypeException) {
      return "Address family not supported";
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    // Netty's native transports prefix the system call and the error number.
    return message
        .replaceFirst("^\\w+\\(\\.\\.\\) failed with error\\(-\\d+\\): ", "")
        .replaceFirst("(?s)\\R.*", "");
  }
}
