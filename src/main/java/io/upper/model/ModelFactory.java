package io.upper.model;

import io.upper.config.ModelDeclaration;
import io.upper.config.ModelSettings;

/**
 * Describes a concurrency model, and makes it. Found by {@link java.util.ServiceLoader}: a public
 * class with a public constructor without parameters, named in {@code
 * META-INF/services/io.upper.model.ModelFactory} of its jar. By convention it is nested in the
 * model, so that a model is one file.
 *
 * <p>One instance serves the whole program, and any thread may call it; no method may block. What
 * it throws ends the start, or the change of the configuration, with a line that names the model.
 */
public interface ModelFactory extends ModelDeclaration {

  /**
   * Makes the model of one server. It is made anew when its settings change, for the conversations
   * from then on; the one before is closed when the last of its own is over.
   *
   * @param settings values for {@link #settings}, checked
   * @param maxConversations how many there may be at once, at least 1: so many requests may wait
   */
  ConcurrencyModel create(ModelSettings settings, int maxConversations);

  /** How many requests a model with these settings works on at once: what the lab predicts from. */
  Parallelism parallelism(ModelSettings settings);

  /** Where the job runs, in a few words: {@code in a child process}. */
  String sentence();

  /** The source file, as a resource of the jar that {@code upper show} prints. */
  default String source() {
    return "/" + getClass().getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
  }
}
