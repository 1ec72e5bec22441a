package io.upper.model;

import io.upper.config.ModelDeclaration;
import io.upper.config.ModelSettings;

/**
 * Describes and creates a concurrency model. Found by {@link java.util.ServiceLoader}: a public
 * class with a public no-argument constructor, named in {@code
 * META-INF/services/io.upper.model.ModelFactory} of its jar. By convention it is nested in the
 * model, so that a model is one file.
 *
 * <p>One instance serves the whole program; any thread may call it, and no method may block. An
 * exception fails the start, or the configuration change, with a line that names the model.
 */
public interface ModelFactory extends ModelDeclaration {

  /**
   * Creates the model of one server. When its settings change, another one is created for new
   * conversations; the old one is closed when its last conversation ends.
   *
   * @param settings checked values of {@link #settings}
   * @param maxConversations conversations open at once, at least 1; as many requests may wait
   */
  ConcurrencyModel create(ModelSettings settings, int maxConversations);

  /** How many requests a model with these settings serves at once; the lab predicts from it. */
  Parallelism parallelism(ModelSettings settings);

  /** Where the job runs, in a few words: {@code in a child process}. */
  String sentence();

  /** The source file that {@code upper show} prints, a resource in the jar. */
  default String source() {
    return "/" + getClass().getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
  }
}
