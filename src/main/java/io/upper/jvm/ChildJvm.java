package io.upper.jvm;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Starts child JVMs with options that this program chooses, and without the environment variables
 * that are for this JVM. What the user set for this JVM (a debugger's port, an agent, a recording,
 * a log file) would fail in a second one, or overwrite the first one's file.
 */
public final class ChildJvm {
  /**
   * {@code -Dio.upper.child=OPTION}, repeatable: a JVM option for the server processes that this
   * JVM starts.
   */
  public static final String FOR_CHILDREN = "-Dio.upper.child=";

  // NOTIFY_SOCKET belongs to the main process of a systemd unit; the last one makes Java's launcher
  // print to standard output.
  private static final List<String> VARIABLES =
      List.of(
          "JAVA_TOOL_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_AOT_VM_OPTIONS",
          "NOTIFY_SOCKET",
          "_JAVA_LAUNCHER_DEBUG");

  // Options that server processes inherit: memory and stack sizes, properties, modules, the class
  // archive and other -XX: tuning; not agents, debuggers or logs.
  private static final Pattern INHERITED =
      Pattern.compile(
          "-X(mx|ms|mn|ss|share:|int$|comp$|mixed$|rs$).*"
              + "|-Xlog:[a-z*+]+=off|-Xlog:disable"
              + "|-XX:.*"
              + "|-D.*"
              + "|--(add|enable|illegal|limit|module|upgrade|patch|sun-misc)-.*"
              + "|-(ea|da|esa|dsa)(:.*)?");

  // Those among them that record, log or listen: they work for one process only.
  private static final Pattern OF_ONE_PROCESS =
      Pattern.compile(
          "-XX:[+-]?(StartFlightRecording|FlightRecorder|Flags=|VMOptionsFile|Print|.*Log"
              + "|DumpLoadedClassList|ArchiveClassesAtExit|AOTCacheOutput|AOTConfiguration|AOTMode"
              + "|ManagementServer|StartAttachListener|CRaC).*"
              + "|-Dcom\\.sun\\.management\\..*");

  private ChildJvm() {}

  /**
   * Prepares a child process, Java or not, without the environment variables meant for this JVM.
   */
  public static ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeAll(VARIABLES);
    return builder;
  }

  /**
   * The command line that runs a class of this program in a child JVM, in any directory, with only
   * these options.
   */
  public static List<String> command(List<String> options, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-cp");
    command.add(classPath());
    command.add(main);
    command.addAll(List.of(arguments));
    return command;
  }

  /** Its entries may be relative to the directory of this process. */
  private static String classPath() {
    String[] entries = System.getProperty("java.class.path").split(File.pathSeparator, -1);
    return Arrays.stream(entries)
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** The options of this JVM that its server processes inherit. */
  public static List<String> serverOptions() {
    return serverOptions(ManagementFactory.getRuntimeMXBean().getInputArguments());
  }

  static List<String> serverOptions(List<String> options) {
    List<String> inherited = new ArrayList<>();
    for (String option : options) {
      if (INHERITED.matcher(option).matches() && !OF_ONE_PROCESS.matcher(option).matches()) {
        inherited.add(option);
      }
      if (option.startsWith(FOR_CHILDREN)) {
        inherited.add(option.substring(FOR_CHILDREN.length()));
      }
    }
    return inherited;
  }
}
