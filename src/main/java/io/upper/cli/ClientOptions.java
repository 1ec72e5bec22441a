package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.config.Protocol;
import io.upper.text.TextCharset;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** Where and how to ask: {@code tcp|udp|tls HOST PORT} and the options of a client. */
final class ClientOptions {

  @Parameters(
      index = "0",
      paramLabel = "tcp|udp|tls",
      description = "The protocol.",
      converter = ProtocolConverter.class)
  private Protocol protocol;

  @Parameters(index = "1", paramLabel = "HOST", description = "The server's name or address.")
  private String host;

  @Parameters(index = "2", paramLabel = "PORT", description = "The server's port.")
  private int port;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "TLS: the PEM certificate to verify with (default: ${DEFAULT-VALUE}).",
      defaultValue = ClientSettings.DEFAULT_CA)
  private String ca;

  @Option(names = "--insecure", description = "TLS: trust any certificate.")
  private boolean insecure;

  @Option(
      names = "--charset",
      paramLabel = "utf-8|ascii",
      description = "What the server makes uppercase (default: ${DEFAULT-VALUE}).",
      defaultValue = "utf-8",
      converter = CharsetConverter.class)
  private TextCharset charset;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = {
        "UDP: how long to await a reply before the request is sent again, twice.",
        "TCP, TLS: how long to await the connection (default: ${DEFAULT-VALUE})."
      },
      defaultValue = "" + ClientSettings.DEFAULT_TIMEOUT_SECONDS)
  private int timeoutSeconds;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * What the options say.
   *
   * @throws ParameterException when a number is out of its range
   */
  ClientSettings settings() {
    require("PORT", port, 65_535);
    require("--timeout", timeoutSeconds, 3_600);
    return new ClientSettings(protocol, host, port, ca, insecure, charset, timeoutSeconds);
  }

  private void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new ParameterException(
          command.commandLine(), name + ": " + value + " is not in 1.." + max);
    }
  }

  /** Reads the word of a protocol. */
  static final class ProtocolConverter implements ITypeConverter<Protocol> {
    @Override
    public Protocol convert(String word) {
      return Arrays.stream(Protocol.values())
          .filter(protocol -> protocol.word().equals(word))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException(word + " is not one of tcp, udp, tls"));
    }
  }

  /** Reads the word of a charset. */
  static final class CharsetConverter implements ITypeConverter<TextCharset> {
    @Override
    public TextCharset convert(String word) {
      return Arrays.stream(TextCharset.values())
          .filter(charset -> charset.word().equals(word))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException(word + " is not one of utf-8, ascii"));
    }
  }
}
