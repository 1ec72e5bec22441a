package io.upper.config;

import java.util.List;

/** What the configuration knows of a concurrency model: its word, and the settings it adds. */
public interface ModelDeclaration {

  /** The word for it in the configuration: {@code event-loop}. */
  String word();

  /**
   * The settings that each server's section has for this model, whichever is chosen. No other model
   * has one of the same name, nor has a server itself.
   */
  default List<Setting<?>> settings() {
    return List.of();
  }
}
