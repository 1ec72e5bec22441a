package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.config.Protocol;
import io.upper.config.ServerSettings;
import io.upper.job.Job;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.RequestHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A model is replaced while the server runs. */
class CurrentModelTest {
  private static final ServerSettings SETTINGS = ServerSettings.of(Protocol.TCP, new JsonObject());

  private record Model(Promise<Void> closed) implements ConcurrencyModel {

    Model() {
      this(Promise.promise());
    }

    @Override
    public RequestHandler handle(Conversation conversation) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean answersWithinCall(Job job) {
      return false;
    }

    @Override
    public Future<Void> close() {
      return closed.future();
    }
  }

  @Test
  void closingWaitsForAReplacedModelThatIsStillClosing() {
    Model first = new Model();
    Model second = new Model();
    Queue<Model> models = new ArrayDeque<>(List.of(first, second));
    CurrentModel current = new CurrentModel(settings -> models.remove(), SETTINGS);
    ModelInUse used = current.enter();
    current.replace(SETTINGS);
    used.leave();
    Future<Void> closed = current.close();
    second.closed.complete();
    assertFalse(closed.isComplete());
    first.closed.complete();
    assertTrue(closed.succeeded());
  }

  @Test
  void aModelThatCannotBeMadeReplacesNothing() {
    Model only = new Model();
    Queue<Model> models = new ArrayDeque<>(List.of(only));
    CurrentModel current = new CurrentModel(settings -> models.remove(), SETTINGS);
    assertThrows(RuntimeException.class, () -> current.replace(SETTINGS));
    assertTrue(current.get() == only);
  }
}
