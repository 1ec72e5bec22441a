package io.upper;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.upper.config.Protocol;
import io.upper.jvm.ChildJvm;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, which ends no later than the test. */
public final class UpperProcess implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 120;
  private static final String END = "(end of output)";

  /** Options that save CPU time in a JVM of seconds. */
  static final List<String> QUICK_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData");

  /** How a process is started. */
  public static final class Builder {
    private final List<String> launcher = new ArrayList<>();
    private final List<String> program;
    private final Map<String, String> environment = new HashMap<>();
    private final List<String> shell = new ArrayList<>();
    private Path directory = Path.of("").toAbsolutePath();
    private boolean withCertificate;

    private Builder(List<String> program) {
      this.program = program;
      launcher.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      launcher.addAll(QUICK_START);
    }

    private Builder(Path script) {
      program = List.of();
      launcher.add(script.toString());
      environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    public Builder in(Path directory) {
      this.directory = directory;
      return this;
    }

    /** The directory has the default certificate already: to make one takes seconds. */
    public Builder withCertificate() {
      withCertificate = true;
      return this;
    }

    public Builder jvm(String option) {
      launcher.add(option);
      return this;
    }

    /** A shell runs {@code commands}, such as {@code ulimit -n 200}, then execs the program. */
    public Builder shell(String commands) {
      shell.addAll(List.of("bash", "-c", commands + "; exec \"$@\"", "bash"));
      return this;
    }

    public Builder environment(String name, String value) {
      environment.put(name, value);
      return this;
    }

    public UpperProcess start(String... args) throws IOException {
      if (withCertificate && Files.notExists(directory.resolve("certs"))) {
        TestCertificates.copyTo(directory.resolve("certs"));
      }
      List<String> command = new ArrayList<>(shell);
      command.addAll(launcher);
      command.addAll(program);
      command.addAll(List.of(args));
      ProcessBuilder process = ChildJvm.process(command).directory(directory.toFile());
      process.environment().putAll(environment);
      return new UpperProcess(process.start());
    }

    /** Starts it with empty input, and awaits its end. */
    public Ended run(String... args) throws IOException, InterruptedException {
      try (UpperProcess process = start(args)) {
        process.endOfInput();
        return process.awaitEnd();
      }
    }
  }

  /** The output and status of a process that has ended. */
  public record Ended(int status, String out, String err) {}

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final StringBuilder seen = new StringBuilder();
  private final BlockingQueue<String> errors = new LinkedBlockingQueue<>();
  private final CompletableFuture<String> err = new CompletableFuture<>();

  private UpperProcess(Process process) {
    this.process = process;
    start(this::readLines);
    start(this::readErrors);
  }

  /** Its own thread: the common pool may have only one, which a server's output would occupy. */
  private static void start(Runnable reader) {
    Thread thread = new Thread(reader, "output of a child");
    thread.setDaemon(true);
    thread.start();
  }

  /** The classes under test. */
  public static Builder ofClasses() {
    return ofClasses("io.upper.Main");
  }

  /** The classes under test, started by another main class: a launcher of Vert.x. */
  public static Builder ofClasses(String main) {
    return archived(ChildClassPath.classPath(), main);
  }

  /** The classes under test in the order of this JVM, which decides the order of services. */
  public static Builder ofClassesInOrder() {
    return ofClassPath(ChildClassPath.ofThisJvm(), "io.upper.Main");
  }

  /** The classes under test, and a jar of somebody else. */
  public static Builder ofClassesAnd(Path jar) {
    return archived(ChildClassPath.classPath() + File.pathSeparator + jar, "io.upper.Main");
  }

  private static Builder archived(String classPath, String main) {
    Builder builder = ofClassPath(classPath, main);
    ChildClassPath.options().forEach(builder::jvm);
    return builder;
  }

  /** A main class of such a class path. */
  public static Builder ofClassPath(String classPath, String main) {
    Builder builder = new Builder(List.of("-cp", classPath, main));
    // What the jar's manifest allows; else newer Java versions warn on standard error.
    return Runtime.version().feature() < 24
        ? builder
        : builder.jvm("--enable-native-access=ALL-UNNAMED");
  }

  /** Another main class of the jar. */
  public static Builder ofJar(Path jar, String mainClass) {
    return ofClassPath(jar.toAbsolutePath().toString(), mainClass);
  }

  public static Builder ofJar(Path jar) {
    return new Builder(List.of("-jar", jar.toAbsolutePath().toString()));
  }

  /** The script {@code upper}, which starts the jar. */
  public static Builder ofScript(Path script) {
    return new Builder(script);
  }

  private void readLines() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      out.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add(e.toString());
    } finally {
      lines.add(END);
    }
  }

  private void readErrors() {
    StringBuilder all = new StringBuilder();
    try (BufferedReader in = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        all.append(line).append('\n');
        errors.add(line);
      }
    } catch (IOException e) {
      all.append(e);
    } finally {
      err.complete(all.toString());
    }
  }

  /** Reads standard error up to a line that contains {@code part}. */
  public void awaitError(String part) throws InterruptedException {
    String line = "";
    while (line != null && !line.contains(part)) {
      line = errors.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    if (line == null) {
      fail("standard error has no line with: " + part);
    }
  }

  public long pid() {
    return process.pid();
  }

  public void write(String text) throws IOException {
    OutputStream in = process.getOutputStream();
    in.write(text.getBytes(StandardCharsets.UTF_8));
    in.flush();
  }

  public void endOfInput() throws IOException {
    process.getOutputStream().close();
  }

  /** Reads standard output up to a line that matches as a whole. */
  public Matcher awaitLine(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    while (true) {
      String line = nextLine();
      if (line.equals(END)) {
        fail(
            "no line "
                + pattern
                + " in: "
                + seen
                + err.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
      }
      seen.append(line).append('\n');
      Matcher matcher = wanted.matcher(line);
      if (matcher.matches()) {
        return matcher;
      }
    }
  }

  /** A line that was read already, or the next match: servers announce in any order. */
  public Matcher awaitSaid(String pattern) throws InterruptedException {
    Matcher said = Pattern.compile("(?m)^" + pattern + "$").matcher(seen);
    return said.find() ? said : awaitLine(pattern);
  }

  /** A line that was read already. */
  public Matcher seen(String pattern) {
    Matcher matcher = Pattern.compile("(?m)^" + pattern + "$").matcher(seen);
    assertTrue(matcher.find(), pattern);
    return matcher;
  }

  private String nextLine() throws InterruptedException {
    String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return line == null ? fail("silent, after: " + seen) : line;
  }

  /** The port that it announces; call it once per server, in any order. */
  public int awaitPort(Protocol protocol) throws InterruptedException {
    String line =
        "(?:process \\d+ \\(pid \\d+\\): )?" + protocol.word() + " listening on .*:(\\d+) \\(.*";
    return Integer.parseInt(awaitSaid(line).group(1));
  }

  /** Sends a signal: TERM, INT. */
  public void signal(String name) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start();
    assertTrue(kill.waitFor() == 0, "no such process");
  }

  /** Whether it was started with a signal ignored, as shells do with SIGINT of background jobs. */
  public boolean ignores(String signal) throws IOException {
    Path status = Path.of("/proc/" + process.pid() + "/status");
    if (!signal.equals("INT") || Files.notExists(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  /** Awaits its end; standard output and error in full. */
  public Ended awaitEnd() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      fail("does not end: " + seen);
    }
    for (String line = nextLine(); !line.equals(END); line = nextLine()) {
      seen.append(line).append('\n');
    }
    return new Ended(
        process.exitValue(),
        seen.toString(),
        err.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
