package io.upper.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.json.jackson.JacksonCodec;
import java.io.IOException;

/** Parses JSON as Vert.x does, but rejects duplicate keys, one of which would be lost. */
final class JsonText {
  private static final String DUPLICATE = "Duplicate field";

  private JsonText() {}

  /**
   * Parses a JSON object.
   *
   * @throws ConfigurationException with the reason, and the pointer of a duplicate key
   */
  static JsonObject object(String text) {
    try (JsonParser parser = JacksonCodec.createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      if (parser.nextToken() == JsonToken.START_OBJECT) {
        return whole(new JsonObject(read(parser, JacksonCodec::parseObject)), parser);
      }
      throw new ConfigurationException(
          parser.currentToken() == null ? notObject("Unexpected token") : "not a JSON object");
    } catch (IOException | DecodeException e) {
      throw new ConfigurationException(notObject(reason(e)));
    }
  }

  /**
   * Parses a JSON array; null if the text is none.
   *
   * @throws ConfigurationException with the pointer of a duplicate key
   */
  static JsonArray array(String text) {
    try (JsonParser parser = JacksonCodec.createParser(text)) {
      parser.enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
      return parser.nextToken() == JsonToken.START_ARRAY
          ? whole(new JsonArray(read(parser, JacksonCodec::parseArray)), parser)
          : null;
    } catch (IOException | DecodeException e) {
      return null;
    }
  }

  private interface Reading<T> {
    T from(JsonParser parser) throws IOException;
  }

  private static <T> T read(JsonParser parser, Reading<T> reading) throws IOException {
    try {
      return reading.from(parser);
    } catch (JsonProcessingException e) {
      if (e.getOriginalMessage().startsWith(DUPLICATE)) {
        // Escaped as in JSON, so that the message stays one line.
        String pointer = Json.encode(parser.getParsingContext().pathAsPointer().toString());
        throw new ConfigurationException(
            pointer.substring(1, pointer.length() - 1) + ": duplicate key");
      }
      throw e;
    }
  }

  private static <T> T whole(T value, JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new DecodeException("Unexpected trailing token");
    }
    return value;
  }

  private static String notObject(String reason) {
    return "not a JSON object: " + reason;
  }

  private static String reason(Exception e) {
    // Without Jackson's placeholder for the source.
    return e.getMessage().lines().findFirst().orElse("").replaceFirst("\\[Source: [^;]*; ", "[");
  }
}
