package io.upper.server;

import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.RequestHandler;
import io.upper.model.RequestObserver;
import io.upper.service.ConfiguredService;
import io.vertx.core.Context;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a model sees of a connection or a datagram. A request in flight keeps the settings of its
 * arrival.
 */
abstract class ServerConversation implements Conversation {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConversation.class);

  final ServerGroup group;
  private final Context context;
  private final RequestObserver observer;
  private ServerSettings settings;
  private long arrived;
  // Null before it is created, and once it is cancelled.
  private RequestHandler handler;

  ServerConversation(ServerGroup group, Context context) {
    this.group = group;
    this.context = context;
    this.observer = group.observer();
    this.settings = group.settings();
  }

  /** Creates the model's handler for the requests. */
  final void createHandler(ConcurrencyModel model) {
    handler = Objects.requireNonNull(model.handle(this), "the model returned no handler");
  }

  /** The handler of the requests; not to be called once it is cancelled. */
  final RequestHandler handler() {
    return handler;
  }

  /** Cancels the handler, once. */
  final void cancel() {
    RequestHandler cancelled = handler;
    handler = null;
    if (cancelled != null) {
      try {
        cancelled.cancel();
      } catch (Throwable e) {
        LOG.warn("{} cannot be cancelled: {}", client(), e.toString());
      }
    }
  }

  /** Whether no thread or process has started on it. If the model throws, true: it is given up. */
  final boolean isWaiting() {
    try {
      return handler.isWaiting();
    } catch (Throwable e) {
      LOG.info("{} is given up: {}", client(), e.toString());
      return true;
    }
  }

  /** The next request gets the current settings. */
  final void useCurrentSettings() {
    settings = group.settings();
  }

  /** Records that a request of so many bytes was read. */
  final void requestArrived(int bytes) {
    if (observer != null) {
      arrived = System.nanoTime();
      observer.arrived(this, bytes);
    }
  }

  @Override
  public final Context context() {
    return context;
  }

  @Override
  public final Job job() {
    return settings.job();
  }

  @Override
  public final ConfiguredService service() {
    return settings.service();
  }

  @Override
  public final RequestObserver observer() {
    return observer;
  }

  @Override
  public final long arrived() {
    return arrived;
  }
}
