package io.upper.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.upper.LogLevels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** What the start knows of the command line without picocli, compared with picocli. */
@ExtendWith(LogLevels.class)
class CommandsTest {
  private static final CommandLine LINE = RootCommand.line("serve");

  @Test
  void theNamesAreThoseOfTheAnnotations() {
    for (String name : Commands.NAMES) {
      assertEquals(name, Commands.named(name).getAnnotation(Command.class).name());
    }
    assertTrue(Commands.NAMES.containsAll(Commands.SERVING));
    assertTrue(Commands.NAMES.contains(Commands.LESSON));
  }

  @Test
  void theOptionsOfTheRootAreThoseOfItsAnnotations() {
    assertEquals(
        List.of("--help", "--version", "-V", "-h", "-help"),
        LINE.getCommandSpec().options().stream()
            .filter(option -> !option.hidden())
            .flatMap(option -> Arrays.stream(option.names()))
            .sorted()
            .toList());
    assertEquals(5, Commands.OWN_OPTIONS.size());
  }

  /** Plain arguments mean the same to both; of others there is no plain command. */
  @Test
  void plainArgumentsMeanTheSame() {
    List<String> words =
        new ArrayList<>(
            List.of("a.json", "2", "", "{}", "serve", "client", "-", "--", "-x", "@a", "--conf=a"));
    LINE.getSubcommands().get("serve").getCommandSpec().optionsMap().keySet().forEach(words::add);
    // picocli calls a setter only for a given option, so one line remembers it: see below.
    words.removeAll(List.of("-v", "--verbose"));
    Random random = new Random(24);
    int plain = 0;
    for (int n = 0; n < 2_000; n++) {
      List<String> args = new ArrayList<>(List.of("serve"));
      for (int length = random.nextInt(6); length > 0; length--) {
        args.add(words.get(random.nextInt(words.size())));
      }
      String[] array = args.toArray(String[]::new);
      ServeCommand command = ServeCommand.plain(array);
      if (command != null) {
        plain++;
        assertEquals(parsed(array), text(command), args::toString);
      }
    }
    assertTrue(plain > 100, "plain: " + plain);
    for (String option : new String[] {"-v", "--verbose"}) {
      String[] args = {"serve", option, "--conf", "b", "-instances", "3"};
      assertEquals("b, 3, true", parsed(args));
      assertEquals("b, 3, true", text(ServeCommand.plain(args)));
    }
    assertNull(ServeCommand.plain("serve", "-v", "-v"));
  }

  /** As for {@code serve}: what the plain reader takes, picocli reads alike. */
  @Test
  void plainArgumentsOfAClientMeanTheSame() {
    List<String> protocols = List.of("tcp", "udp", "tls", "TCP", "unix", "http", "--insecure");
    List<String> hosts = List.of("localhost", "::1", "tcp", "unix:/a", "@a", "-h", "a=b", "");
    List<String> numbers =
        List.of("1", "65535", "65536", "3600", "3601", "010", "0", "+5", "0x1", "1 ", "4294967297");
    List<String> more =
        new ArrayList<>(List.of("a.pem", "ascii", "", "--", "-", "--ca=a", "--insecure=true"));
    CommandLine root = RootCommand.line("client");
    CommandLine client = root.getSubcommands().get("client");
    client.getCommandSpec().optionsMap().keySet().forEach(more::add);
    more.removeAll(List.of("-v", "--verbose")); // as above
    Random random = new Random(24);
    int plain = 0;
    for (int n = 0; n < 20_000; n++) {
      List<String> args = new ArrayList<>(List.of("client"));
      List.of(protocols, hosts, numbers).forEach(choices -> args.add(any(choices, random)));
      for (int length = random.nextInt(6); length > 0; length--) {
        args.add(any(random.nextInt(3) == 0 ? numbers : more, random));
      }
      if (random.nextInt(10) == 0) {
        args.remove(1 + random.nextInt(args.size() - 1));
      }
      String[] array = args.toArray(String[]::new);
      ClientCommand command = ClientCommand.plain(array);
      if (command != null) {
        plain++;
        try {
          root.parseArgs(array);
        } catch (ParameterException e) {
          throw new AssertionError(args + ": " + e.getMessage(), e);
        }
        ClientCommand parsed = client.getCommand();
        assertEquals(parsed.settings(), command.settings(), args::toString);
      }
    }
    assertTrue(plain > 500, "plain: " + plain);
    assertNotNull(
        ClientCommand.plain(
            "client", "tls", "h", "1", "--timeout", "7", "--insecure", "--ca", "a.pem"));
    assertNull(ClientCommand.plain("client", "tls", "h", "1", "--insecure", "--insecure"));
  }

  private static <T> T any(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static String parsed(String... args) {
    try {
      LINE.parseArgs(args);
      return text(LINE.getSubcommands().get("serve").getCommand());
    } catch (ParameterException e) {
      return e.getMessage();
    }
  }

  private static String text(ServeCommand command) {
    return command.options.conf.conf
        + ", "
        + command.options.instances
        + ", "
        + command.verbosity.isVerbose();
  }
}
