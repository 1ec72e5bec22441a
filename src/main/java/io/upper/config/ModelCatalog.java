package io.upper.config;

import java.util.List;
import java.util.ServiceLoader;

/** Who knows the models: found as a service, since they depend on the configuration. */
public interface ModelCatalog {
  ModelCatalog FOUND =
      ServiceLoader.load(ModelCatalog.class, ModelCatalog.class.getClassLoader())
          .findFirst()
          .orElseThrow();

  /**
   * Every model, in the order in which a refusal names them.
   *
   * @throws ConfigurationException if one cannot be loaded
   */
  List<? extends ModelDeclaration> models();
}
