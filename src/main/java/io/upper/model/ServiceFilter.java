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
 * writes the replies of a service to standard output, with the simulated job before each piece. It
 * loads nothing but the JDK and a few small classes, so that it starts quickly.
 */
final class ServiceFilter {
  static final String ANNOUNCE = "announce";
  static final int READY = 6;

  private static final int BUFFER = 64 * 1024;
  private static final int FAILED = 1;

  private ServiceFilter() {}

  /**
   * The arguments: the job's kind, its milliseconds, the class of the service's factory (looking it
   * up by its word takes 10 ms), and {@code setting=value}; and perhaps {@value #ANNOUNCE}, to have
   * it write the byte {@value #READY} before all else, once it reads.
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
    // Ctrl-C reaches every process of the terminal: the server drains, and its end is the end here.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Job job = new Job(Job.Kind.valueOf(args[0]), Integer.parseInt(args[1]));
    // The replies' alone: what a service prints goes where it does no harm.
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
        settings.put(setting, like(settings.get(setting), args[i].substring(end + 1)));
      }
    }
    return new ConfiguredService(factory, settings).create();
  }

  /** A value of the type of its default. */
  private static Object like(Object standard, String value) {
    if (standard instanceof Enum<?> constant) {
      for (Object other : constant.getDeclaringClass().getEnumConstants()) {
        if (other.toString().equals(value)) {
          return other;
        }
      }
    }
    return standard instanceof Integer
        ? (Object) Integer.valueOf(value)
        : standard instanceof Boolean ? Boolean.valueOf(value) : value;
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
