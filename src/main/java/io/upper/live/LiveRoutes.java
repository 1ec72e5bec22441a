package io.upper.live;

import io.upper.net.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The paths of the live page. A refusal is one line. Used on one event loop.
 *
 * <pre>
 *   GET  /live?token=T                 the page
 *   GET  /live/events?token=T          its events
 *   GET  /live/NAME                    its files
 *   GET  /live/trace?token=T           what it saves; also lab.json and replay.html
 *   GET  /live/source/MODEL            the source of a model
 *   POST /live/do/BUTTON               a button, with the token in the header X-Upper-Token
 * </pre>
 */
final class LiveRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);
  private static final String PAGE = "/live";
  private static final String SOURCE = "source/";
  private static final String BUTTON = "do/";
  private static final Set<String> SAVES = Set.of("trace", "lab.json", "replay.html");
  private static final int MAX_BODY = 4 * 1024;
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int LENGTH_REQUIRED = 411;
  private static final int TOO_LARGE = 413;
  private static final int FAILED = 500;
  private static final int BUSY = 503;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";

  private final Vertx vertx;
  private final Safety safety;
  private final LiveBrowsers browsers;
  private final Buttons buttons;
  private final Saves saves;

  LiveRoutes(Vertx vertx, Safety safety, LiveBrowsers browsers, Buttons buttons, Saves saves) {
    this.vertx = vertx;
    this.safety = safety;
    this.browsers = browsers;
    this.buttons = buttons;
    this.saves = saves;
  }

  /** Serves a request; false if its path is not one of the page. */
  boolean handle(HttpServerRequest request) {
    String path = request.path();
    if (path == null || !path.equals(PAGE) && !path.startsWith(PAGE + "/")) {
      return false;
    }
    Safety.protect(request.response());
    String refusal = safety.refusal(request);
    if (refusal != null) {
      reply(request, FORBIDDEN, refusal);
    } else if (path.startsWith(PAGE + "/" + BUTTON)) {
      press(request, path.substring(PAGE.length() + 1 + BUTTON.length()));
    } else if (request.method() != HttpMethod.GET) {
      request.response().putHeader("allow", "GET");
      reply(request, METHOD_NOT_ALLOWED, "method not allowed; use GET");
    } else if (path.equals(PAGE)) {
      withToken(request, () -> file(request, () -> LiveFiles.read(LiveFiles.INDEX)));
    } else {
      get(request, path.substring(PAGE.length() + 1));
    }
    return true;
  }

  private void get(HttpServerRequest request, String name) {
    if (name.equals("events")) {
      withToken(request, () -> events(request));
    } else if (SAVES.contains(name)) {
      withToken(request, () -> file(request, saves.of(name)));
    } else if (name.startsWith(SOURCE)) {
      file(request, () -> LiveFiles.source(name.substring(SOURCE.length())));
    } else {
      file(request, () -> LiveFiles.read(name));
    }
  }

  private void withToken(HttpServerRequest request, Runnable action) {
    if (safety.hasTokenInQuery(request)) {
      action.run();
    } else {
      reply(
          request, FORBIDDEN, "wrong or missing token: open the link that the server has printed");
    }
  }

  private void events(HttpServerRequest request) {
    if (browsers.isFull()) {
      reply(request, BUSY, LiveBrowsers.MAX + " pages are open: close one");
    } else {
      browsers.add(request);
    }
  }

  private void file(HttpServerRequest request, Callable<Optional<LiveFiles.Content>> read) {
    vertx
        .executeBlocking(read, false)
        .onSuccess(
            content -> {
              if (content.isPresent()) {
                request.response().putHeader("content-security-policy", content.get().policy());
                reply(request, OK, content.get().type(), Buffer.buffer(content.get().bytes()));
              } else {
                reply(request, NOT_FOUND, "not found");
              }
            })
        .onFailure(
            e -> {
              LOG.warn("live: {} cannot be read: {}", request.path(), e.toString());
              reply(request, FAILED, "it cannot be read: see the log of the server");
            });
  }

  private void press(HttpServerRequest request, String button) {
    if (request.method() != HttpMethod.POST) {
      request.response().putHeader("allow", "POST");
      error(request, METHOD_NOT_ALLOWED, "method not allowed; use POST");
    } else if (!safety.hasTokenInHeader(request)) {
      error(request, FORBIDDEN, "wrong or missing token in the header X-Upper-Token");
    } else if (!hasSmallBody(request)) {
      return;
    } else {
      request
          .body()
          .compose(body -> parse(body))
          .compose(body -> buttons.press(button, body))
          .onSuccess(text -> json(request, OK, new JsonObject().put("text", text)))
          .onFailure(e -> refused(request, button, e));
    }
  }

  /** Replies, and returns false, if the body is too long or its length unknown. */
  private boolean hasSmallBody(HttpServerRequest request) {
    String length = request.getHeader("content-length");
    if (length == null || !length.matches("\\d{1,9}")) {
      error(request, LENGTH_REQUIRED, "Content-Length is missing");
      return false;
    }
    if (Integer.parseInt(length) > MAX_BODY) {
      error(request, TOO_LARGE, "the body is longer than " + MAX_BODY + " bytes");
      return false;
    }
    return true;
  }

  private static Future<JsonObject> parse(Buffer body) {
    try {
      return Future.succeededFuture(body.length() == 0 ? new JsonObject() : new JsonObject(body));
    } catch (DecodeException | ClassCastException e) {
      return Future.failedFuture(Refusal.wrong("the body is not a JSON object"));
    }
  }

  private void refused(HttpServerRequest request, String button, Throwable cause) {
    if (cause instanceof Refusal refusal) {
      error(request, refusal.status(), refusal.getMessage());
    } else {
      LOG.warn("live: the button {} failed: {}", button, cause.toString());
      error(request, FAILED, "it failed: " + cause.getMessage());
    }
  }

  private static void error(HttpServerRequest request, int status, String text) {
    json(request, status, new JsonObject().put("error", text));
  }

  private static void json(HttpServerRequest request, int status, JsonObject json) {
    reply(request, status, JSON, json.toBuffer());
  }

  private static void reply(HttpServerRequest request, int status, String text) {
    reply(request, status, TEXT, Buffer.buffer(text + "\n"));
  }

  private static void reply(HttpServerRequest request, int status, String type, Buffer body) {
    HttpServerResponse response = request.response();
    if (response.closed() || response.ended()) {
      return; // The client has gone.
    }
    response
        .setStatusCode(status)
        .putHeader("content-type", type)
        .end(body)
        .onFailure(
            e ->
                LOG.debug(
                    "live: lost client {}: {}",
                    Addresses.text(request.remoteAddress()),
                    e.getMessage()));
  }
}
