package io.upper.jvm;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a child JVM is started: with options that this program chooses and an environment without
 * those variables from which every JVM reads more. What the user meant for this JVM (a debugger's
 * port, an agent, a recording, a log file) would fail, or write over itself, in a second one.
 */
public final class ChildJvm {
  /**
   * {@code -Dio.upper.child=OPTION}, repeatable: an option for the server processes that this JVM
   * starts.
   */
  public static final String FOR_CHILDREN = "-Dio.upper.child=";

  // The last one makes the launcher print to standard output.
  private static final List<String> VARIABLES =
      List.of(
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_AOT_VM_OPTIONS",
          "_JAVA_LAUNCHER_DEBUG");

  // What a server process needs as well: memory and stack sizes, properties, modules, the archive
  // of classes, and the rest of -XX: tuning. Agents, debuggers and logs are not in it.
  private static final Pattern SHARED =
      Pattern.compile(
          "-X(mx|ms|mn|ss|share:|int$|comp$|mixed$|rs$).*"
              + "|-Xlog:[a-z*+]+=off|-Xlog:disable"
              + "|-XX:.*"
              + "|-D.*"
              + "|--(add|enable|illegal|limit|module|upgrade|patch|sun-misc)-.*"
              + "|-(ea|da|esa|dsa)(:.*)?");

  // Of those, what records, logs or listens: for one process.
  private static final Pattern OF_ONE_PROCESS =
      Pattern.compile(
          "-XX:[+-]?(StartFlightRecording|FlightRecorder|Flags=|VMOptionsFile|Print|.*Log"
              + "|DumpLoadedClassList|ArchiveClassesAtExit|AOTCacheOutput|AOTConfiguration|AOTMode"
              + "|ManagementServer|StartAttachListener|CRaC).*"
              + "|-Dcom\\.sun\\.management\\..*");

  private ChildJvm() {}

  /** A child process, Java or not, that gets none of the options meant for this JVM. */
  public static ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(VARIABLES);
    return builder;
  }

  /** The command line of a class of this program in a child JVM with these options alone. */
  public static List<String> command(List<String> options, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main);
    command.addAll(List.of(arguments));
    return command;
  }

  /** The options of this JVM that its server processes need as well. */
  public static List<String> serverOptions() {
    return serverOptions(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  static List<String> serverOptions(List<String> options) {
    List<String> shared = new ArrayList<>();
    for (String option : options) {
      if (SHARED.matcher(option).matches() && !OF_ONE_PROCESS.matcher(option).matches()) {
        shared.add(option);
      }
      if (option.startsWith(FOR_CHILDREN)) {
        shared.add(option.substring(FOR_CHILDREN.length()));
      }
    }
    return shared;
  }
}
