package io.upper.service;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * A service that misbehaves as the request says, and echoes other requests. Registered for all
 * tests, including child processes.
 */
public final class Misbehaving implements ServiceFactory {
  public static final int BIG_REPLY = 64 << 20;

  /** What {@code block} waits for, and whether it is waiting. */
  public static volatile CountDownLatch release = new CountDownLatch(0);

  public static volatile CountDownLatch blocked = new CountDownLatch(0);

  /** Whether creating the next instance fails. */
  public static volatile boolean refusesNext;

  /** Whether the factory fails. */
  public static volatile boolean factoryFails;

  @Override
  public String word() {
    return "misbehaving";
  }

  @Override
  public Supplier<Service> create(Map<String, Object> settings) {
    if (factoryFails) {
      throw new AssertionError("no factory");
    }
    return () -> {
      if (refusesNext) {
        refusesNext = false;
        throw new IllegalStateException("no instance");
      }
      return new Instance();
    };
  }

  @Override
  public boolean repeatable() {
    return true;
  }

  /** As Kotlin and Scala throw a checked exception. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E undeclared(Throwable cause) throws E {
    throw (E) cause;
  }

  private static final class Instance implements Service {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();

    @Override
    public ByteBuffer next(ByteBuffer bytes) {
      String request = StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString();
      return switch (request) {
        case "throw" -> throw new IllegalStateException("on\npurpose");
        case "checked" -> throw Misbehaving.<RuntimeException>undeclared(new Exception("checked"));
        case "overflow" -> overflow(bytes);
        case "null" -> null;
        case "outside" -> bytes.position(0).limit(bytes.capacity());
        case "big" -> ByteBuffer.allocate(BIG_REPLY);
        case "block" -> block(bytes);
        case "hold", "hold and throw" -> hold(request);
        default -> bytes;
      };
    }

    private static ByteBuffer overflow(ByteBuffer bytes) {
      return overflow(bytes.duplicate());
    }

    private static ByteBuffer block(ByteBuffer bytes) {
      blocked.countDown();
      try {
        release.await();
        return bytes;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private ByteBuffer hold(String request) {
      held.writeBytes(request.getBytes(StandardCharsets.US_ASCII));
      return ByteBuffer.allocate(0);
    }

    @Override
    public ByteBuffer end() {
      if (held.toString(StandardCharsets.US_ASCII).endsWith("throw")) {
        throw new IllegalStateException("at the end");
      }
      // The thread that replies to the last message; no longer than that, for UDP.
      String thread = Thread.currentThread().getName();
      byte[] reply = thread.getBytes(StandardCharsets.US_ASCII);
      return ByteBuffer.wrap(reply, 0, Math.min(held.size(), reply.length));
    }

    @Override
    public ByteBuffer held() {
      return ByteBuffer.wrap(held.toByteArray());
    }
  }
}
