package io.upper.polyglot

import io.vertx.core.DeploymentOptions
import io.vertx.core.net.NetSocket
import io.vertx.kotlin.coroutines.CoroutineVerticle
import io.vertx.kotlin.coroutines.coAwait
import io.vertx.kotlin.coroutines.toReceiveChannel
import kotlinx.coroutines.launch

/**
 * An uppercase server in Kotlin, which also deploys Upper's TCP server. Each connection is a
 * coroutine: it reads, waits and writes from top to bottom, on the event loop, without blocking it.
 *
 * Its configuration: `port` for its own server, `upper` for Upper's (the `tcp` section).
 */
class KotlinUpper : CoroutineVerticle() {

  override suspend fun start() {
    val options = DeploymentOptions().setConfig(config.getJsonObject("upper"))
    vertx.deployVerticle("io.upper.server.TcpServerVerticle", options).coAwait()
    val server =
      vertx
        .createNetServer()
        .connectHandler { client -> launch { serve(client) } }
        .listen(config.getInteger("port"))
        .coAwait()
    println("kotlin listening on port ${server.actualPort()}")
  }

  private suspend fun serve(client: NetSocket) {
    for (text in client.toReceiveChannel(vertx)) {
      client.write(text.toString().uppercase()).coAwait()
    }
  }
}
