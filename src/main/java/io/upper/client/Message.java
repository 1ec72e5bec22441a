package io.upper.client;

import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a client sends, and what it must get: the reply of a new instance of the service, so one
 * that remembers earlier requests cannot be compared.
 *
 * @param bytes the request
 * @param expected its reply, to the byte
 * @param isLine whether the end of a line was added
 */
public record Message(Buffer bytes, Buffer expected, boolean isLine) {
  private static final String LINE_END = "\n";

  /**
   * A text as a request. Over a stream the end of a line is added for a service that waits for it:
   * that holds the text back.
   *
   * @throws ConfigurationException if it waits for more than a line
   */
  public static Message of(String text, ClientSettings settings) {
    ConfiguredService service = settings.service();
    if (settings.protocol() == Protocol.UDP) {
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

  /** Null if the service holds some of it back. */
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

  /** The same as a datagram, behind a tag. */
  public Message tagged(String tag, ConfiguredService service) {
    return datagram(Buffer.buffer(tag).appendBuffer(bytes), service);
  }

  /** A reply as a text, without the end of the line if that was added to the request. */
  public String text(Buffer reply) {
    String text = reply.toString();
    return isLine && text.endsWith(LINE_END)
        ? text.substring(0, text.length() - LINE_END.length())
        : text;
  }
}
