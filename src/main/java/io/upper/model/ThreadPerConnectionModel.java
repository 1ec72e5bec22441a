package io.upper.model;

import io.upper.config.ModelSettings;
import io.upper.job.Job;
import io.upper.model.Parallelism.Worker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadFactory;

/**
 * Each connection (or datagram) has its own thread, on which the service is plain blocking code:
 * read, job, write. Virtual threads on Java 21 and later, platform threads before. The thread is
 * created at the first request: clients that connect and leave take none.
 *
 * <p><b>When to choose it:</b> when blocking code should stay simple. With virtual threads tens of
 * thousands of connections are no problem. <b>Its limit:</b> platform threads cost memory and
 * context switches, so a few thousand are the maximum; and threads that compute are limited by the
 * processors.
 *
 * <p>Not verticles with the virtual thread model: Vert.x runs all of them on one event loop.
 *
 * <p><b>Python:</b> the threaded servers, plain and SocketServer, over TCP and UDP; and, in style,
 * asyncio's streams: read, await, write.
 */
public final class ThreadPerConnectionModel implements ConcurrencyModel {
  private final ThreadFactory threads = VirtualThreads.orPlatform("upper-connection");

  @Override
  public RequestHandler handle(Conversation conversation) {
    Work work = new Work(conversation);
    return BlockingConversation.startAtFirstRequest(
        conversation, task -> threads.newThread(task).start(), client -> serve(client, work));
  }

  /** Serves a connection, on its thread. */
  private static void serve(BlockingConversation client, Work work)
      throws IOException, InterruptedException {
    ByteBuffer request;
    while ((request = client.read()) != null) {
      client.write(work.serve(request));
    }
    client.write(work.end());
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return false;
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    @Override
    public String word() {
      return "thread-per-connection";
    }

    @Override
    public String sentence() {
      return "on the connection's own thread: virtual on Java 21 and later";
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(Parallelism.UNLIMITED, Worker.THREAD, true);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new ThreadPerConnectionModel();
    }
  }
}
