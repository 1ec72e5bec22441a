package io.upper.lesson;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import java.util.Locale;

/**
 * A TLS server as a Vert.x verticle: like {@link VertxTcp}, but its {@link NetServerOptions} name
 * the PEM files of a certificate and its key.
 *
 * <pre>
 * test -e certs/server-cert.pem || ./upper certs
 * ./upper run io.upper.lesson.VertxTls -conf '{"port":2443}' -instances 4
 * echo hello | ./upper lesson tls-client localhost 2443
 * </pre>
 *
 * <p><b>Python:</b> {@code SSL_server.py}
 *
 * <p><b>What it leaves out:</b>
 *
 * <ul>
 *   <li>A renewed certificate needs a restart: {@code io.upper.server.TlsCredentials} reloads it
 *       when its file changes.
 *   <li>Handshakes cost several times as much as with BoringSSL: {@code io.upper.server.TlsEngine}
 *       uses that if available.
 *   <li>A multi-byte character split between two reads is corrupted ({@code tls/text/cut-2}): see
 *       {@link TcpServer}.
 *   <li>It does not answer a client's close_notify ({@code tls/end/server-notifies}): {@code
 *       io.upper.server.LingeringClose} does.
 * </ul>
 *
 * <p><b>Next:</b> {@link VertxClient}
 */
public final class VertxTls extends VerticleBase {

  @Override
  public Future<?> start() {
    PemKeyCertOptions files =
        new PemKeyCertOptions()
            .setCertPath(config().getString("certificate", "certs/server-cert.pem"))
            .setKeyPath(config().getString("key", "certs/server-key.pem"));
    return vertx
        .createNetServer(new NetServerOptions().setSsl(true).setKeyCertOptions(files))
        .connectHandler(this::connected)
        .listen(config().getInteger("port", 2443))
        .onSuccess(server -> System.out.println("listening on port " + server.actualPort()));
  }

  private void connected(NetSocket client) {
    System.out.println(client.remoteAddress() + " uses " + client.sslSession().getProtocol());
    client.handler(text -> client.write(text.toString().toUpperCase(Locale.ROOT)));
  }

  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 2443;
    JsonObject config = new JsonObject().put("port", port);
    Vertx.vertx().deployVerticle(VertxTls::new, new DeploymentOptions().setConfig(config)).await();
  }
}
