package io.upper.client;

import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A request and its expected reply, which is that of a new instance of the service. So services
 * that keep state between requests cannot be compared.
 *
 * @param bytes the request
 * @param expected the exact reply
 * @param isLine whether a line end was added
 */
public record Message(Buffer bytes, Buffer expected, boolean isLine) {
  private static final String LINE_END = "\n";

  /**
   * Makes a request of a text. Over a stream, if the service holds the text back until the end of
   * the line, a line end is added.
   *
   * @throws ConfigurationException if the service holds even a line back
   */
  public static Message of(String text, Protocol protocol, ConfiguredService service) {
    if (protocol == Protocol.UDP) {
      return datagram(Buffer.buffer(text), service);
    }
    Message message = stream(text, service, false);
    if (message == null) {
      message = stream(text + LINE_END, service, true);
    }
    if (message == null) {
      throw new ConfigurationException(
          "--service: "
              + service.factory().word()
              + " does not reply to a line: it cannot be asked in lines");
    }
    return message;
  }

  /** Returns null if the service holds a part of the text back. */
  private static Message stream(String text, ConfiguredService service, boolean isLine) {
    Service instance = service.create();
    ByteBuffer reply = instance.next(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    return instance.held().hasRemaining()
        ? null
        : new Message(Buffer.buffer(text), Buffer.buffer(bytes(reply)), isLine);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Message datagram(Buffer bytes, ConfiguredService service) {
    byte[] expected = Service.reply(service.create(), bytes.getBytes());
    return new Message(bytes, Buffer.buffer(expected), false);
  }

  /** This message as a datagram, prefixed with a tag. */
  public Message tagged(String tag, ConfiguredService service) {
    return datagram(Buffer.buffer(tag).appendBuffer(bytes), service);
  }

  /** A reply as text, without its line end if one was added to the request. */
  public String text(Buffer reply) {
    String text = reply.toString();
    return isLine && text.endsWith(LINE_END)
        ? text.substring(0, text.length() - LINE_END.length())
        : text;
  }
}
