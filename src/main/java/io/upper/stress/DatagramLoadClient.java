package io.upper.stress;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A client over UDP: one socket. Each request begins with a tag of digits, its number, which
 * uppercase does not change; so its reply is known by it, also one that comes late or twice.
 */
final class DatagramLoadClient extends LoadClient {
  private static final char TAG_END = ' ';
  private static final int MAX_TAG = 20;

  // SO_RCVBUF: room for some replies at once; Vert.x allocates as much for each receive.
  private static final int RECEIVE_BUFFER = 16 * 1024;

  private final String server;
  private final Map<Long, Request> atWork = new LinkedHashMap<>();
  private final Map<Long, Request> lost = new HashMap<>();
  private DatagramSocket socket;
  private boolean allBegun;

  DatagramLoadClient(StressRun run, int number, ContextInternal context) {
    super(run, number, context);
    this.server = run.target().addresses().get(0).getAddress().getHostAddress();
  }

  @Override
  boolean overlaps() {
    return true;
  }

  @Override
  void open() {
    boolean ipv6 = server.contains(":");
    socket =
        context
            .owner()
            .createDatagramSocket(
                new DatagramSocketOptions()
                    .setIpV6(ipv6)
                    .setReceiveBufferSize(Math.max(RECEIVE_BUFFER, run.longestReply() + MAX_TAG)));
    socket
        .handler(this::received)
        .listen(0, ipv6 ? "::" : "0.0.0.0")
        .onSuccess(
            v -> {
              if (settings.shape() == Shape.IDLE) {
                served();
                finish();
              } else {
                proceed();
              }
            })
        .onFailure(cause -> refused(null, cause));
  }

  @Override
  Message message(long number) {
    return super.message(number).tagged("" + number + TAG_END);
  }

  @Override
  void send(Request request) {
    request.sent = System.nanoTime();
    measurements.sent(request);
    atWork.put(request.number, request);
    socket
        .send(request.message.bytes(), settings.client().port(), server)
        .onFailure(
            cause -> {
              if (atWork.remove(request.number) != null) {
                run.couldNotConnect(cause);
                failed(request, Fault.REFUSED);
              }
            });
  }

  private void received(DatagramPacket packet) {
    if (packet.sender().port() != settings.client().port()) {
      return;
    }
    long now = System.nanoTime();
    run.couldConnect();
    long number = number(packet.data());
    Request request = atWork.remove(number);
    if (request != null) {
      judge(request, packet.data(), now);
    } else if (lost.containsKey(number)) {
      measurements.lateNotLost(lost.remove(number));
    } else if (number >= 0) {
      measurements.fault(Fault.DUPLICATE);
    } else if (atWork.size() == 1) {
      // It is nobody's by its tag, but there is only one whose it can be.
      Request only = atWork.values().iterator().next();
      atWork.clear();
      failed(only, Fault.WRONG);
    } else {
      measurements.fault(Fault.WRONG);
    }
  }

  /** The number in the tag of a reply; -1 when it is none of a request that was sent. */
  private static long number(Buffer reply) {
    long number = 0;
    for (int i = 0; i < Math.min(reply.length(), MAX_TAG - 1); i++) {
      byte digit = reply.getByte(i);
      if (digit == TAG_END && i > 0) {
        return number;
      }
      if (digit < '0' || digit > '9') {
        return -1;
      }
      number = number * 10 + digit - '0';
    }
    return -1;
  }

  private void judge(Request request, Buffer reply, long now) {
    Buffer expected = request.message.expected();
    if (request.counts) {
      measurements.time(Phase.FIRST_BYTE, now - request.sent);
    }
    if (reply.equals(expected)) {
      answered(request, socket.localAddress(), now);
      goOn();
    } else if (reply.length() < expected.length()
        && reply.equals(expected.slice(0, reply.length()))) {
      failed(request, Fault.TORN);
    } else {
      failed(request, Fault.WRONG);
    }
  }

  private void failed(Request request, Fault fault) {
    measurements.failed(request, fault);
    goOn();
  }

  @Override
  void checkTimeouts(long now) {
    long oldest = now - settings.timeout().toNanos();
    int before = atWork.size();
    for (Iterator<Request> requests = atWork.values().iterator(); requests.hasNext(); ) {
      Request request = requests.next();
      if (request.sent - oldest > 0) {
        break;
      }
      requests.remove();
      lost.put(request.number, request);
      measurements.failed(request, Fault.LOST);
    }
    for (int gone = before - atWork.size(); gone > 0; gone--) {
      goOn();
    }
  }

  private void goOn() {
    if (allBegun) {
      finishIfDone();
    } else if (!settings.openLoop()) {
      proceed();
    }
  }

  @Override
  void allBegun() {
    allBegun = true;
    finishIfDone();
  }

  private void finishIfDone() {
    if (atWork.isEmpty()) {
      finish();
    }
  }

  @Override
  void close() {
    if (socket != null) {
      socket.close();
    }
  }
}
