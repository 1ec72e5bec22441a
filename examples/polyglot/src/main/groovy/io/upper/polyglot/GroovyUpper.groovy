package io.upper.polyglot

import io.vertx.core.DeploymentOptions
import io.vertx.core.Future
import io.vertx.core.VerticleBase

/**
 * An uppercase server in Groovy, which also deploys Upper's TCP server. Its configuration:
 * {@code port} for its own server, {@code upper} for Upper's.
 */
class GroovyUpper extends VerticleBase {

  @Override
  Future<?> start() {
    def options = new DeploymentOptions().setConfig(config().getJsonObject('upper'))
    vertx.deployVerticle('io.upper.server.TcpServerVerticle', options)
        .compose { deployed ->
          vertx.createNetServer()
              .connectHandler { client ->
                client.handler { text -> client.write(text.toString().toUpperCase(Locale.ROOT)) }
              }
              .listen(config().getInteger('port'))
        }
        .onSuccess { server -> println "groovy listening on port ${server.actualPort()}" }
  }
}
