package io.upper.config;

import java.util.List;

/** A concurrency model as the configuration sees it: its word, and the settings it adds. */
public interface ModelDeclaration {

  /** The word for it in the configuration: {@code event-loop}. */
  String word();

  /**
   * Whether it hands requests to other processes of a cluster, perhaps more than once: then the
   * program joins the cluster, and only services that declare {@code repeatable()} may be used.
   */
  default boolean clustered() {
    return false;
  }

  /**
   * The settings that this model adds to each server's section, even if another model is chosen.
   * Their names must differ from those of other models and of the server.
   */
  default List<Setting<?>> settings() {
    return List.of();
  }
}
