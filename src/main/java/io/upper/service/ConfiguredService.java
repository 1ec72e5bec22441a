package io.upper.service;

import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/** A service with its settings. Two with the same word and settings are equal. Thread-safe. */
public final class ConfiguredService {
  private final ServiceFactory factory;
  private final Map<String, Object> settings;
  private final Supplier<Service> instances;

  /**
   * @throws IllegalArgumentException see {@link ServiceFactory#create}
   */
  public ConfiguredService(ServiceFactory factory, Map<String, Object> settings) {
    this.factory = factory;
    this.settings = Map.copyOf(settings);
    this.instances = factory.create(this.settings);
  }

  /** A service with its defaults. */
  public static ConfiguredService of(ServiceFactory factory) {
    return new ConfiguredService(factory, factory.defaults());
  }

  public ServiceFactory factory() {
    return factory;
  }

  public Map<String, Object> settings() {
    return settings;
  }

  /** Creates the instance of a conversation. Exceptions of the factory's code pass through. */
  public Service create() {
    return instances.get();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ConfiguredService that
        && factory.word().equals(that.factory.word())
        && settings.equals(that.settings);
  }

  @Override
  public int hashCode() {
    return Objects.hash(factory.word(), settings);
  }

  @Override
  public String toString() {
    return factory.word() + " " + settings;
  }
}
