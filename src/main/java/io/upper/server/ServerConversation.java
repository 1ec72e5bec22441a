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
 * What a model may know of the request in flight, be it of a connection or a datagram: the settings
 * as they were when it arrived, and when that was.
 */
abstract class ServerConversation implements Conversation {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConversation.class);

  final ServerGroup group;
  private final Context context;
  private final RequestObserver observer;
  private ServerSettings settings;
  private long arrived;
  // Null before the model is asked for it, and once it is cancelled.
  private RequestHandler handler;

  ServerConversation(ServerGroup group, Context context) {
    this.group = group;
    this.context = context;
    this.observer = group.observer();
    arrives();
  }

  /** Has a model answer its requests. */
  final void handleBy(ConcurrencyModel model) {
    handler = Objects.requireNonNull(model.handle(this), "the model has made no handler");
  }

  /** Who answers its requests: nobody may call it once it is cancelled. */
  final RequestHandler handler() {
    return handler;
  }

  /** Stops the work, if it has not been stopped yet. */
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

  /** Whether no thread or process has begun to work for it; nor will one whose model fails here. */
  final boolean isWaiting() {
    try {
      return handler.isWaiting();
    } catch (Throwable e) {
      LOG.info("{} is given up: {}", client(), e.toString());
      return true;
    }
  }

  /** A request has arrived, to be answered as the settings are now. */
  final void arrives() {
    settings = group.settings();
    if (observer != null) {
      arrived = System.nanoTime();
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
