package io.upper.model;

import io.upper.job.Job;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * The built-in child of {@link ProcessPerConnectionModel}: a program that reads standard input and
 * writes its uppercase to standard output, with the simulated job before each piece. It loads
 * nothing but the JDK and a few small classes, so that it starts quickly.
 *
 * <p>Arguments: the job's kind, its milliseconds, the charset, as their words in the configuration;
 * and {@value #ANNOUNCE} to have it write the byte {@value #READY} before all else, once it reads.
 */
final class UppercaseFilter {
  static final String ANNOUNCE = "announce";
  static final int READY = 6;

  private static final int BUFFER = 64 * 1024;

  private UppercaseFilter() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    // Ctrl-C reaches every process of the terminal: the server drains, and its end is the end here.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    Job job = new Job(Job.Kind.valueOf(args[0]), Integer.parseInt(args[1]));
    Uppercase text = Uppercase.of(TextCharset.valueOf(args[2]));
    if (args.length > 3 && args[3].equals(ANNOUNCE)) {
      System.out.write(READY);
      System.out.flush();
    }
    InputStream in = System.in;
    byte[] buffer = new byte[BUFFER];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      job.run();
      write(text.next(ByteBuffer.wrap(buffer, 0, n)));
    }
    write(text.end());
  }

  private static void write(ByteBuffer bytes) {
    System.out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
    System.out.flush();
  }
}
