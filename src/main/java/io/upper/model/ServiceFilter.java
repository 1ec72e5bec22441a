package io.upper.model;

import io.upper.job.Job;
import io.upper.service.ConfiguredService;
import io.upper.service.Service;
import io.upper.service.ServiceFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The built-in child of {@link ProcessPerConnectionModel}: a program that reads standard input and
 * writes a service's replies to standard output, after the simulated job for each read. It loads
 * only the JDK and a few small classes, so that it starts quickly.
 */
final class ServiceFilter {
  static final String ANNOUNCE = "announce";
  static final int READY = 6;

  private static final int BUFFER = 64 * 1024;
  private static final int FAILED = 1;

  private ServiceFilter() {}

  /**
   * The arguments: the kind of job, its milliseconds, the class of the service's factory (looking
   * it up by word takes 10 ms), {@code setting=value} pairs, and optionally {@value #ANNOUNCE},
   * which makes it write the byte {@value #READY} first, once it is ready to read.
   */
  static String[] arguments(Job job, ConfiguredService service) {
    List<String> arguments = new ArrayList<>();
    arguments.add(job.kind().name());
    arguments.add(String.valueOf(job.millis()));
    arguments.add(service.factory().getClass().getName());
    service.settings().forEach((setting, value) -> arguments.add(setting + "=" + value));
    return arguments.toArray(String[]::new);
  }

  public static void main(String[] args) throws InterruptedException {
    // Ctrl-C reaches every process of the terminal, but the server drains first, then ends this
    // one.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Job job = new Job(Job.Kind.valueOf(args[0]), Integer.parseInt(args[1]));
    // For replies only: what a service prints goes to standard error.
    PrintStream replies = System.out;
    System.setOut(System.err);
    try {
      Service service = service(args);
      if (args[args.length - 1].equals(ANNOUNCE)) {
        replies.write(READY);
        replies.flush();
      }
      serve(job, service, replies);
    } catch (Throwable e) {
      System.err.println("service " + args[2] + ": " + e.toString().replaceAll("(?s)\\R.*", ""));
      System.exit(FAILED);
    }
  }

  private static Service service(String[] args) throws ReflectiveOperationException {
    ServiceFactory factory = (ServiceFactory) Class.forName(args[2]).getConstructor().newInstance();
    Map<String, Object> settings = new HashMap<>(factory.defaults());
    for (int i = 3; i < args.length; i++) {
      int end = args[i].indexOf('=');
      if (end > 0) {
        String setting = args[i].substring(0, end);
        settings.put(setting, parse(settings.get(setting), args[i].substring(end + 1)));
      }
    }
    return new ConfiguredService(factory, settings).create();
  }

  /** Parses a value to the type of its default. */
  private static Object parse(Object defaultValue, String value) {
    if (defaultValue instanceof Enum<?> constant) {
      for (Object other : constant.getDeclaringClass().getEnumConstants()) {
        if (other.toString().equals(value)) {
          return other;
        }
      }
    }
    return defaultValue instanceof Integer
        ? (Object) Integer.valueOf(value)
        : defaultValue instanceof Boolean ? Boolean.valueOf(value) : value;
  }

  private static void serve(Job job, Service service, PrintStream replies)
      throws IOException, InterruptedException {
    InputStream in = System.in;
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      job.run();
      write(service.next(ByteBuffer.wrap(buffer, 0, n)), replies);
    }
    write(service.end(), replies);
  }

  private static void write(ByteBuffer reply, PrintStream replies) {
    if (reply.hasArray()) {
      replies.write(reply.array(), reply.arrayOffset() + reply.position(), reply.remaining());
    } else {
      byte[] copy = new byte[reply.remaining()];
      reply.get(copy);
      replies.write(copy, 0, copy.length);
    }
    replies.flush();
  }
}
