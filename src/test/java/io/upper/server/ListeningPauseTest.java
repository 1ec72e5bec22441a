package io.upper.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.NetServer;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class ListeningPauseTest {
  @Test
  void aSocketOfSuchAContextAcceptsNothingAtFirst(Vertx vertx, VertxTestContext test) {
    Future.all(accepts(vertx, true), accepts(vertx, false))
        .onComplete(
            test.succeeding(
                both ->
                    test.verify(
                        () -> {
                          assertEquals(false, both.resultAt(0));
                          assertEquals(true, both.resultAt(1));
                          test.completeNow();
                        })));
  }

  private static Future<Boolean> accepts(Vertx vertx, boolean paused) {
    ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
    Future<NetServer> listening =
        Future.future(
            promise ->
                context.runOnContext(
                    v -> {
                      if (paused) {
                        ListeningPause.on(context);
                      }
                      vertx
                          .createNetServer()
                          .connectHandler(socket -> {})
                          .listen(0, "127.0.0.1")
                          .onComplete(promise);
                    }));
    return listening.compose(
        server -> {
          boolean accepts = ListeningChannel.of(server).config().isAutoRead();
          return server.close().map(accepts);
        });
  }
}
