package io.upper.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.*;

import io.upper.config.Protocol;
import io.upper.model.ConcurrencyModel;
import io.upper.model.Conversation;
import io.upper.model.RequestHandler;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that closes a connection does not destroy its last reply with a reset. */
@ExtendWith(VertxExtension.class)
@Timeout(value = 120, timeUnit = TimeUnit.SECONDS)
class LingeringCloseTest {
  @RegisterExtension final Servers servers = new Servers();

  /** Ends each conversation with its first reply. */
  private static final class Curt implements ConcurrencyModel {
    @Override
    public RequestHandler handle(Conversation conversation) {
      return new RequestHandler() {
        @Override
        public void request(ByteBuffer bytes) {
          conversation.reply(ByteBuffer.wrap("LAST".getBytes(US_ASCII)));
          conversation.finish();
        }

        @Override
        public void end() {}

        @Override
        public void cancel() {}
      };
    }

    @Override
    public boolean answersWithinCall(io.upper.job.Job job) {
      return false;
    }
  }

  private static ServerVerticle curt(Protocol protocol) {
    return protocol == Protocol.TLS
        ? new TlsServerVerticle(ServerGroup.ofDeployment(Protocol.TLS, settings -> new Curt()))
        : new TcpServerVerticle(ServerGroup.ofDeployment(Protocol.TCP, settings -> new Curt()));
  }

  /** Most of the request is unread when the server closes. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void theLastReplyAndTheEndArriveDespiteUnreadInput(Wire wire, VertxTestContext test) {
    byte[] request = new byte[4 << 20];
    servers
        .start(wire, curt(wire.protocol()), new JsonObject())
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        Future<Void> sent =
                            servers.client(
                                () -> {
                                  socket.getOutputStream().write(request);
                                  return null;
                                });
                        sent.await();
                        return new String(socket.getInputStream().readAllBytes(), US_ASCII);
                      }
                    }))
        .onComplete(
            test.succeeding(
                reply ->
                    test.verify(
                        () -> {
                          assertEquals("LAST", reply);
                          test.completeNow();
                        })));
  }

  /** It neither closes nor pauses, but the stop completes before the test's time limit. */
  @ParameterizedTest
  @MethodSource("io.upper.server.Wire#all")
  void aClientThatNeverStopsSendingIsNotReadForEver(Wire wire, VertxTestContext test) {
    servers
        .start(wire, curt(wire.protocol()), new JsonObject().put("drainSeconds", 60))
        .compose(
            server ->
                servers.client(
                    () -> {
                      try (Socket socket = server.connect()) {
                        socket.getOutputStream().write('a');
                        assertEquals('L', socket.getInputStream().read());
                        Future<Void> undeployed = server.undeploy();
                        assertThrows(
                            java.io.IOException.class,
                            () -> {
                              byte[] block = new byte[1 << 10];
                              while (true) {
                                socket.getOutputStream().write(block);
                              }
                            });
                        return undeployed.await();
                      }
                    }))
        .onComplete(test.succeedingThenComplete());
  }
}
