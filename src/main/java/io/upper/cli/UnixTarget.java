package io.upper.cli;

import io.upper.config.Protocol;
import io.upper.net.Addresses;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Reads {@code unix PATH} as {@code tcp unix:PATH 0}, and adds the port to {@code tls unix:PATH}: a
 * path has none.
 */
final class UnixTarget implements IParameterPreprocessor {
  private static final String UNIX = "unix";
  private static final String NO_PORT = "0";

  /**
   * @param arguments all of the command, the first one on top
   */
  @Override
  public boolean preprocess(
      Stack<String> arguments, CommandSpec command, ArgSpec none, Map<String, Object> info) {
    List<String> inOrder = new ArrayList<>(arguments);
    Collections.reverse(inOrder);
    int protocol = positional(inOrder, 0, command);
    int host = positional(inOrder, protocol + 1, command);
    if (host < inOrder.size()) {
      boolean unix = inOrder.get(protocol).equals(UNIX);
      if (unix) {
        inOrder.set(protocol, Protocol.TCP.word());
        inOrder.set(host, Addresses.UNIX + inOrder.get(host));
      }
      if (Addresses.isPath(inOrder.get(host))) {
        inOrder.add(host + 1, NO_PORT);
      }
    }
    Collections.reverse(inOrder);
    arguments.clear();
    arguments.addAll(inOrder);
    return false; // They are still to be parsed.
  }

  /** The index of the first argument, from there on, that is no option nor the value of one. */
  private static int positional(List<String> arguments, int from, CommandSpec command) {
    for (int i = from; i < arguments.size(); i++) {
      OptionSpec option = command.optionsMap().get(arguments.get(i));
      if (option != null) {
        i += option.arity().min();
      } else if (!arguments.get(i).startsWith("-")) {
        return i;
      }
    }
    return arguments.size();
  }
}
