package io.upper.cluster;

import io.upper.config.ModelSettings;
import io.upper.job.Job;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.ModelFactory;
import io.upper.model.Parallelism;
import io.upper.model.Parallelism.Worker;
import io.upper.model.RequestHandler;
import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;

/**
 * A job node does the work, perhaps on another machine. This process, a gateway, only reads and
 * writes: it keeps each request until a node's reply, and gives it to another node if that one
 * dies. What the service holds between requests goes with each of them, so any node can do the next
 * one; that is why a service must be repeatable.
 *
 * <p><b>When to choose it:</b> when one machine is not enough, or may fail while clients wait.
 * <b>Its limit:</b> a message to and fro for each request; and a gateway that dies takes its
 * connections with it.
 *
 * <p>In a Vert.x that is not clustered, this process does the jobs itself.
 *
 * <p><b>Python:</b> none of the examples.
 */
public final class ClusterModel implements ConcurrencyModel {
  private static final byte[] NOTHING = {};

  private LocalCluster local;
  private volatile Gateway gateway;

  @Override
  public RequestHandler handle(Conversation conversation) {
    return new Handler(conversation, gateway(conversation.context().owner()));
  }

  private Gateway gateway(Vertx vertx) {
    return gateway != null ? gateway : find(vertx);
  }

  private synchronized Gateway find(Vertx vertx) {
    if (gateway == null) {
      Gateway installed = Gateway.of(vertx);
      local = installed == null ? new LocalCluster(vertx) : null;
      gateway = installed == null ? local.gateway() : installed;
    }
    return gateway;
  }

  @Override
  public boolean answersWithinCall(Job job) {
    return false;
  }

  @Override
  public synchronized Future<Void> close() {
    return local == null ? Future.succeededFuture() : local.stop();
  }

  private static final class Handler implements RequestHandler {
    private final Conversation conversation;
    private final Gateway gateway;
    private ConfiguredService configured;
    // Replies to the end of the input if nothing is held.
    private Service fresh;
    private ServiceText service;
    private byte[] held = NOTHING;
    // The job in flight, or the last one.
    private Errand errand;

    Handler(Conversation conversation, Gateway gateway) {
      this.conversation = conversation;
      this.gateway = gateway;
      use(conversation.service());
    }

    private void use(ConfiguredService current) {
      configured = current;
      fresh = current.create();
      service = ServiceText.of(current);
    }

    @Override
    public void request(ByteBuffer bytes) {
      ConfiguredService current = conversation.service();
      if (held.length > 0 && !current.equals(configured)) {
        // The configuration has changed: the bytes held by the previous service go first.
        submit(true, NOTHING, () -> request(bytes));
        return;
      }
      if (current != configured) {
        use(current);
      }
      byte[] request = new byte[bytes.remaining()];
      bytes.get(request);
      submit(false, request, conversation::next);
    }

    /** Needs a node only if the service holds something back. */
    @Override
    public void end() {
      if (held.length > 0) {
        submit(true, NOTHING, conversation::finish);
        return;
      }
      conversation.reply(fresh.end());
      conversation.finish();
    }

    private void submit(boolean end, byte[] request, Runnable then) {
      Errand.Client client =
          new Errand.Client() {
            @Override
            public void replied(JobReply reply, String node) {
              conversation
                  .context()
                  .runOnContext(v -> answer(reply, node, end ? -1 : request.length, then));
            }

            @Override
            public void failed(Throwable cause) {
              conversation.context().runOnContext(v -> conversation.fail(cause));
            }
          };
      errand = new Errand(conversation.job(), end, service, held, request, client);
      gateway.submit(errand);
    }

    private void answer(JobReply reply, String node, int bytes, Runnable then) {
      held = reply.held();
      conversation.servedBy(node);
      if (bytes >= 0 && conversation.observer() != null) {
        long now = System.nanoTime();
        // The way to the node and back counts as waiting.
        long started = Math.max(conversation.arrived(), now - reply.workedNanos());
        String worker = "node " + node;
        long arrived = conversation.arrived();
        conversation.observer().started(conversation, worker, arrived, started);
        conversation.observer().served(conversation.client(), worker, bytes, arrived, started, now);
      }
      try {
        conversation.reply(ByteBuffer.wrap(reply.bytes()));
        then.run();
      } catch (Throwable e) {
        conversation.fail(e);
      }
    }

    @Override
    public boolean isWaiting() {
      return errand != null && errand.isWaiting();
    }

    @Override
    public void cancel() {
      if (errand != null) {
        gateway.cancel(errand);
      }
    }
  }

  /** Describes and creates the model. */
  public static final class Factory implements ModelFactory {
    @Override
    public String word() {
      return "cluster";
    }

    @Override
    public String sentence() {
      return "on a job node, perhaps on another machine";
    }

    @Override
    public boolean clustered() {
      return true;
    }

    @Override
    public Parallelism parallelism(ModelSettings settings) {
      return new Parallelism(Parallelism.UNLIMITED, Worker.THREAD, false);
    }

    @Override
    public ConcurrencyModel create(ModelSettings settings, int maxConversations) {
      return new ClusterModel();
    }
  }
}
