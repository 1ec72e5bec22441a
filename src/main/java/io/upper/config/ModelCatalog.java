package io.upper.config;

import java.util.List;
import java.util.ServiceLoader;

/** Lists the models. Found by ServiceLoader, since the models depend on this package. */
public interface ModelCatalog {
  ModelCatalog FOUND =
      ServiceLoader.load(ModelCatalog.class, ModelCatalog.class.getClassLoader())
          .findFirst()
          .orElseThrow();

  /**
   * All models, in the order in which an error message lists them.
   *
   * @throws ConfigurationException if one cannot be loaded
   */
  List<? extends ModelDeclaration> models();
}
