package io.upper.cli;

import io.upper.client.ClientSettings;
import io.upper.config.ConfigurationException;
import io.upper.config.Protocol;
import io.upper.config.Services;
import io.upper.net.Addresses;
import io.upper.service.ConfiguredService;
import io.upper.text.TextCharset;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The server and the options of a client: {@code tcp|udp|tls HOST PORT}, or {@code unix PATH}. */
final class ClientOptions {
  private static final int MAX_PORT = 65_535;

  @Parameters(
      index = "0",
      paramLabel = "tcp|udp|tls",
      description = "The protocol; unix PATH stands for TCP over a Unix domain socket.",
      converter = WordConverter.OfProtocol.class)
  private Protocol protocol;

  @Parameters(
      index = "1",
      paramLabel = "HOST",
      description = "The server's name or address, or unix:PATH.")
  private String host;

  @Parameters(index = "2", paramLabel = "PORT", description = "The server's port; a path has none.")
  private int port;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "TLS: the PEM certificate to verify with (default: ${DEFAULT-VALUE}).")
  String ca = ClientSettings.DEFAULT_CA;

  @Option(names = "--insecure", description = "TLS: trust any certificate.")
  boolean insecure;

  @Option(
      names = "--service",
      paramLabel = "WORD",
      description =
          "The server's service, which determines the expected reply (default: ${DEFAULT-VALUE}).")
  private String service = "uppercase";

  @Option(
      names = "--set",
      paramLabel = "SETTING=VALUE",
      description = "A setting of that service. Repeatable.")
  private Map<String, String> settings = new TreeMap<>();

  @Option(
      names = "--charset",
      paramLabel = "utf-8|ascii",
      description = "Short for --set charset=... (default: utf-8).",
      converter = WordConverter.OfCharset.class)
  private TextCharset charset;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Reads a plain target without picocli; returns false if picocli must read it. */
  boolean readPlain(String protocolWord, String hostText, String portText) {
    for (Protocol one : Protocol.values()) {
      if (one.word().equals(protocolWord)) {
        protocol = one;
      }
    }
    host = hostText;
    port = plainNumber(portText, MAX_PORT);
    return protocol != null && !host.startsWith("-") && !Addresses.isPath(host) && port > 0;
  }

  /** A number in 1 to {@code max} of digits only; 0 for another text. */
  static int plainNumber(String text, int max) {
    int number = 0;
    for (int i = 0; i < text.length(); i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9' || number > max) {
        return 0;
      }
      number = 10 * number + digit - '0';
    }
    return number > max ? 0 : number;
  }

  /**
   * The settings given by the options.
   *
   * @param timeoutSeconds see {@link ClientSettings}
   * @throws ParameterException if a number is out of range
   * @throws ConfigurationException if there is no such service or setting
   */
  ClientSettings settings(int timeoutSeconds) {
    if (!Addresses.isPath(host)) {
      require("PORT", port, MAX_PORT);
    } else if (protocol == Protocol.UDP) {
      throw new ParameterException(
          command.commandLine(), "HOST: " + host + " is for tcp and tls, not for udp");
    }
    return new ClientSettings(protocol, host, port, ca, insecure, service(), timeoutSeconds);
  }

  private ConfiguredService service() {
    if (charset != null) {
      settings.put("charset", charset.toString());
    }
    return Services.of("--service", service, "--set", settings);
  }

  /** Rejects a number that is not in 1 to {@code max}. */
  void require(String name, int value, int max) {
    if (value < 1 || value > max) {
      throw new ParameterException(
          command.commandLine(), name + ": " + value + " is not in 1.." + max);
    }
  }
}
