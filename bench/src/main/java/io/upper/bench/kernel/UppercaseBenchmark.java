package io.upper.bench.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.upper.service.Service;
import io.upper.text.TextCharset;
import io.upper.text.Uppercase;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The kernel alone, on 16 KiB in a direct buffer, as after a read; one operation is one byte, so
 * ops/ns are GB/s. Each text is first copied into the buffer, since it is mapped in place: {@link
 * #copy} measures that cost, which is the upper bound of the others.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(UppercaseBenchmark.BYTES)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class UppercaseBenchmark {
  static final int BYTES = 16 * 1024;
  private static final long SEED = 7;

  /** Real texts, and random bytes. */
  public enum Text {
    ASCII("The quick brown fox jumps over the lazy dog, and 42 others look on. "),
    SPANISH(
        "El veloz murciélago hindú comía feliz cardillo y kiwi; la cigüeña tocaba el saxofón. "),
    GREEK("Ξεσκεπάζω την ψυχοφθόρα βδελυγμία, και ταχίστη αλώπηξ βαφής ψημένη γη. "),
    RUSSIAN("Съешь же ещё этих мягких французских булок, да выпей чаю. "),
    VIETNAMESE("Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm. "),
    CJK("人人生而自由,在尊严和权利上一律平等。すべての人間は、生まれながらにして自由である。"),
    EMOJI("😀🙂🚀🎉🐧👍🏽🌍🍎"),
    RANDOM(null);

    private final String sentence;

    Text(String sentence) {
      this.sentence = sentence;
    }

    byte[] bytes() {
      byte[] bytes = new byte[BYTES];
      if (sentence == null) {
        new Random(SEED).nextBytes(bytes);
        return bytes;
      }
      // Complete characters only; the rest is filled with blanks.
      byte[] one = sentence.getBytes(UTF_8);
      Arrays.fill(bytes, (byte) ' ');
      for (int at = 0; at + one.length <= BYTES; at += one.length) {
        System.arraycopy(one, 0, bytes, at, one.length);
      }
      return bytes;
    }
  }

  @Param private Text text;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
  private final Service uppercase = Uppercase.of(TextCharset.UTF_8);
  private byte[] bytes;

  @Setup
  public void fill() {
    bytes = text.bytes();
  }

  @Benchmark
  public ByteBuffer copy() {
    return buffer.clear().put(bytes).flip();
  }

  @Benchmark
  public ByteBuffer kernel() {
    ByteBuffer reply = uppercase.next(copy());
    uppercase.end();
    return reply;
  }

  /** The obvious solution. */
  @Benchmark
  public byte[] string() {
    return new String(bytes, UTF_8).toUpperCase(Locale.ROOT).getBytes(UTF_8);
  }

  /** Correct for ASCII only. */
  @Benchmark
  public ByteBuffer plainLoop() {
    copy();
    for (int i = 0; i < BYTES; i++) {
      byte one = buffer.get(i);
      if (one >= 'a' && one <= 'z') {
        buffer.put(i, (byte) (one - 'a' + 'A'));
      }
    }
    return buffer;
  }
}
