package io.upper.model;

import io.upper.config.ModelSettings;
import io.upper.job.Job;
import io.upper.model.Parallelism.Worker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ThreadFactory;

/**
 * Each connection (or datagram) has a thread of its own, in which its service is written as
 * straight blocking code: read, job, write. Virtual threads on Java 21 and later, platform threads
 * before. The thread is made when the connection has said something: of many that connect and leave
 * none takes one.
 *
 * <p><b>When to choose it:</b> when code that blocks should stay as simple as it reads. With
 * virtual threads tens of thousands of connections are no matter. <b>Its limit:</b> platform
 * threads cost memory and switches, some thousands are the end; and threads that compute are no
 * more than the processors.
 *
 * <p>Not by verticles with the virtual thread model: Vert.x places all of them on one event loop.
 *
 * <p><b>Python:</b> the threaded servers, plain and SocketServer, over TCP and UDP; and asyncio's
 * streams in style: read, await, write.
 */
public final class ThreadPerConnectionModel implements ConcurrencyModel {
  private final ThreadFactory threads = VirtualThreads.orPlatform("upper-connection");

  @Override
  public RequestHandler handle(Conversation conversation) {
    Work work = new Work(conversation);
    return BlockingConversation.beginWhenAsked(
        conversation, task -> threads.newThread(task).start(), client -> serve(client, work));
  }

  /** The whole service of a connection, in its thread. */
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

  /** What it is called, and how it is made. */
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
