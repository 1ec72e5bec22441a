package io.upper.cli;

import io.upper.model.ModelFactory;
import io.upper.model.Models;
import java.util.Iterator;

/** The words of all models, for help texts. */
final class ModelWords implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return Models.all().stream().map(ModelFactory::word).iterator();
  }

  /** Those that need no other process of a cluster. */
  static final class OfOneMachine implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Models.all().stream()
          .filter(model -> !model.clustered())
          .map(ModelFactory::word)
          .iterator();
    }
  }
}
